using NetMon.Foundation.Logging;
using NetMon.Native;

namespace NetMon.Host;

/// <summary>Gives up what the agent needs only until its hooks are on.</summary>
internal static class Privileges
{
    private const int DacOverride = 1;
    private const int DacReadSearch = 2;
    private const int SysAdmin = 21;
    private const int Bpf = 39;

    /// <summary>
    /// Keeps of the capabilities: BPF, which kernels before 6.4 ask of whoever reads a map (SYS_ADMIN, if that was given in its
    /// place), and what opens files that are another user's, if the agent has it: of --capture, --json, a runtime's socket. To
    /// load and to attach (PERFMON, NET_ADMIN), to enter namespaces and to mount (SYS_ADMIN) is over.
    /// </summary>
    public static void GiveUp(Logger log)
    {
        var permitted = ThreadCapabilities.Permitted;
        var keep = permitted & (Bit(DacOverride) | Bit(DacReadSearch) | ((permitted & Bit(Bpf)) != 0 ? Bit(Bpf) : Bit(SysAdmin)));
        if (permitted != keep && !ThreadCapabilities.TryKeepOnly(keep))
        {
            log.Warn("capabilities that are not needed any more could not be given up by all threads; this changes nothing else.");
        }
    }

    private static ulong Bit(int capability) => 1ul << capability;
}
