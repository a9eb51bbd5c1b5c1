using NetMon.Foundation.Logging;
using NetMon.Native;

namespace NetMon.Host;

/// <summary>Drops the privileges that the agent needs only until its hooks are attached.</summary>
internal static class Privileges
{
    private const int DacOverride = 1;
    private const int DacReadSearch = 2;
    private const int SysAdmin = 21;
    private const int Bpf = 39;

    /// <summary>
    /// Keeps these capabilities: BPF (SYS_ADMIN if granted instead), which kernels before 6.4 require for reading maps; and those that open
    /// other users' files for --capture, --json or a runtime's socket, if the agent has them. Drops those for loading and attaching programs
    /// (PERFMON, NET_ADMIN), and for entering namespaces and mounting (SYS_ADMIN).
    /// </summary>
    public static void GiveUp(Logger log)
    {
        var permitted = ThreadCapabilities.Permitted;
        var keep = permitted & (Bit(DacOverride) | Bit(DacReadSearch) | ((permitted & Bit(Bpf)) != 0 ? Bit(Bpf) : Bit(SysAdmin)));
        if (permitted != keep && !ThreadCapabilities.TryKeepOnly(keep))
        {
            log.Warn("some threads could not drop the capabilities that are no longer needed; nothing else is affected.");
        }
    }

    private static ulong Bit(int capability) => 1ul << capability;
}
