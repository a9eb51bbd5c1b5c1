using System.Text;

namespace NetMon.Host.Doctor;

/// <summary>This process as seen by the kernel.</summary>
internal static class Self
{
    private const string InitialPidNamespace = "pid:[4026531836]"; // PROC_PID_INIT_INO of include/linux/proc_ns.h

    /// <summary>The process name in its events.</summary>
    public static byte[] Comm { get; } = Encoding.UTF8.GetBytes(File.ReadAllText("/proc/self/comm").TrimEnd('\n'));

    /// <summary>Whether its pids are the node's; false in a container without hostPID.</summary>
    public static bool IsInInitialPidNamespace { get; } = File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name == InitialPidNamespace;
}
