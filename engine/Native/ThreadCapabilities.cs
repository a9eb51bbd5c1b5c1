using System.Globalization;
using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>
/// The capabilities of this process. The kernel stores them by thread, and a thread can change only its own: each thread receives a signal,
/// with a handler in capabilities.c because managed code can't run in one.
/// </summary>
public static partial class ThreadCapabilities
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly int TellThread = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 131 : 234; // tgkill(2)

    /// <summary>The permitted capabilities of the calling thread, as bits (linux/capability.h).</summary>
    public static ulong Permitted => PermittedOf("/proc/thread-self/status") ?? 0;

    /// <summary>
    /// Drops all other capabilities from every thread, so that this process can't regain them without running another program. False if a
    /// thread did not respond within two seconds.
    /// </summary>
    /// <param name="keep">The bits to keep; threads do not gain any.</param>
    public static bool TryKeepOnly(ulong keep)
    {
        var signal = Prepare(keep);
        if (signal < 0)
        {
            return false;
        }

        // A thread created meanwhile inherits from its creator. Once all listed threads have dropped theirs, none can create one with more.
        for (var until = Environment.TickCount64 + (long)Bound.TotalMilliseconds; Environment.TickCount64 < until; MonotonicClock.Sleep(Pause))
        {
            if (!AskThoseWithMore(keep, signal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Signals the threads that have more; false if there are none.</summary>
    private static bool AskThoseWithMore(ulong keep, int signal)
    {
        var asked = false;
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            if (PermittedOf(Path.Combine(thread, "status")) is { } permitted && (permitted & ~keep) != 0)
            {
                asked = true;
                _ = Libc.Syscall(TellThread, Environment.ProcessId, int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), signal, 0, 0);
            }
        }

        return asked;
    }

    /// <summary>Returns a thread's permitted capabilities; null if it has ended.</summary>
    private static ulong? PermittedOf(string status)
    {
        try
        {
            var line = File.ReadLines(status).First(line => line.StartsWith("CapPrm:", StringComparison.Ordinal));
            return ulong.Parse(line[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return null;
        }
    }

    [LibraryImport("netmon-start", EntryPoint = "netmon_keep_capabilities")]
    private static partial int Prepare(ulong keep);
}
