using System.Runtime.InteropServices;

namespace NetMon.Sources.Kernel.State;

/// <summary>What is kept beside the table of sockets, in a map of one element: <c>state-1</c>; another layout takes another number there.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StateRecord
{
    /// <summary>When an agent last said that it uses the table, CLOCK_BOOTTIME.</summary>
    public ulong LastUsedNanoseconds;

    /// <summary>The hierarchy that the cgroup ids in the table are of, as in /proc/cgroups; 0 is v2.</summary>
    public uint CgroupHierarchy;

    public uint Reserved;
}
