using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace NetMon.Native;

/// <summary>Opens tracepoints as perf events. Their ids come from tracefs, which is mounted for this process if necessary.</summary>
internal static unsafe class Tracepoint
{
    private const int AttributeBytes = 64; // PERF_ATTR_SIZE_VER0
    private const int TypeTracepoint = 2;
    private const int CloseOnExecFlag = 8;
    private const int Eperm = 1;

    /// <summary>Returns a perf event's descriptor, which the link created from it will own. Throws <see cref="NativeException"/>.</summary>
    public static int Open(string category, string name)
    {
        // struct perf_event_attr: type u32, size u32, config u64, then zeros.
        var attribute = stackalloc byte[AttributeBytes];
        new Span<byte>(attribute, AttributeBytes).Clear();
        ((uint*)attribute)[0] = TypeTracepoint;
        ((uint*)attribute)[1] = AttributeBytes;
        ((ulong*)attribute)[1] = ReadId(category, name);
        var number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 241 : 298;
        var descriptor = (int)Libc.Syscall(number, (nint)attribute, -1, 0, -1, CloseOnExecFlag);
        return descriptor >= 0 ? descriptor : throw NativeException.FromErrno($"opening the tracepoint {category}:{name}");
    }

    private static ulong ReadId(string category, string name)
    {
        var path = $"events/{category}/{name}/id";
        var directory = Libc.Open("/sys/kernel/tracing", Libc.CloseOnExec, 0);
        var file = directory >= 0 ? Libc.OpenAt(directory, path, Libc.CloseOnExec, 0) : -1;
        if (file < 0)
        {
            _ = Libc.Close(directory);
            if (KernelLockdown.IsConfidential)
            {
                // The kernel would reject it, and 6.12 and 7.2 panic when such a failed mount is dropped.
                throw new NativeException("looking up a tracepoint: this kernel's lockdown is [confidentiality], which keeps tracefs closed", Eperm);
            }

            directory = DetachedMount.Open("tracefs", out var errno);
            if (directory < 0)
            {
                throw new NativeException("mounting tracefs to look up a tracepoint (mount it at /sys/kernel/tracing instead)", errno);
            }

            file = Libc.OpenAt(directory, path, Libc.CloseOnExec, 0);
        }

        var failure = file < 0 ? NativeException.FromErrno($"looking up the tracepoint {category}:{name} in tracefs") : null;
        var digits = stackalloc byte[32];
        var length = file < 0 ? 0 : (int)Libc.Read(file, digits, 32);
        _ = Libc.Close(file);
        _ = Libc.Close(directory);
        return failure is null
            ? ulong.Parse(Encoding.ASCII.GetString(digits, Math.Max(length, 0)).Trim(), CultureInfo.InvariantCulture)
            : throw failure;
    }
}
