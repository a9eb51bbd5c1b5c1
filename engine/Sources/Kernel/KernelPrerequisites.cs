using System.Globalization;
using NetMon.Native;

namespace NetMon.Sources.Kernel;

/// <summary>The requirements of tracing, and messages about missing ones.</summary>
public static class KernelPrerequisites
{
    /// <summary>The kernel's type information, to which the programs are adapted when loaded.</summary>
    public const string BtfPath = "/sys/kernel/btf/vmlinux";

    private const int Eperm = 1;
    private const int Eacces = 13;
    private static readonly (int Bit, string Name)[] Needed = [(39, "BPF"), (38, "PERFMON"), (12, "NET_ADMIN")];
    private const int SysAdminBit = 21;

    /// <summary>Required capabilities that this process lacks; CAP_SYS_ADMIN includes BPF and PERFMON.</summary>
    public static IReadOnlyList<string> MissingCapabilities
    {
        get
        {
            var effective = EffectiveCapabilities();
            var admin = (effective >> SysAdminBit & 1) == 1;
            return [.. Needed.Where(c => (effective >> c.Bit & 1) == 0 && !(admin && c.Bit > 31)).Select(c => c.Name)];
        }
    }

    /// <summary>Throws <see cref="CannotTraceException"/> if an indispensable requirement is missing.</summary>
    public static void Require()
    {
        if (MissingCapabilities is { Count: > 0 } missing)
        {
            throw new CannotTraceException(
                $"not enough privileges to trace: {string.Join(", ", missing.Select(name => "CAP_" + name))} missing",
                $"run as root, or give the agent the capabilities BPF, PERFMON and NET_ADMIN (in Kubernetes: securityContext.capabilities.add)");
        }

        if (!IsReadable(BtfPath))
        {
            throw new CannotTraceException(
                $"this kernel provides no type information (BTF): {BtfPath} is missing or unreadable",
                "use a kernel built with CONFIG_DEBUG_INFO_BTF=y (5.10 or newer; every current distribution's is), and make /sys visible in the agent's container");
        }
    }

    /// <summary>Converts a failed call into an actionable message.</summary>
    public static CannotTraceException Explain(NativeException failure)
    {
        var fix = failure.Errno is Eperm or Eacces && MissingCapabilities.Count > 0
            ? "give the agent the capabilities BPF, PERFMON and NET_ADMIN"
            : failure.Errno is Eperm
                ? "something blocks it: a seccomp profile, kernel lockdown (cat /sys/kernel/security/lockdown), or a security module; netmon doctor tries each program"
                : "run netmon doctor, which tries each program alone, and report its output with this message";
        return new CannotTraceException($"this kernel rejected the tracing programs: {failure.Message}", fix, failure.Detail);
    }

    private static bool IsReadable(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.ReadByte() >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static ulong EffectiveCapabilities() =>
        ulong.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal))[7..].Trim(),
            NumberStyles.HexNumber,
            CultureInfo.InvariantCulture);
}
