using System.Text;

namespace NetMon.Host.Doctor;

/// <summary>This process as the kernel sees it.</summary>
internal static class Self
{
    private const string InitialPidNamespace = "pid:[4026531836]"; // PROC_PID_INIT_INO of include/linux/proc_ns.h

    /// <summary>The name that its events bear.</summary>
    public static byte[] Comm { get; } = Encoding.UTF8.GetBytes(File.ReadAllText("/proc/self/comm").TrimEnd('\n'));

    /// <summary>False in a container without hostPID: its pids are not the node's.</summary>
    public static bool IsInInitialPidNamespace { get; } = File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name == InitialPidNamespace;
}
