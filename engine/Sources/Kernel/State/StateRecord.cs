using System.Runtime.InteropServices;

namespace NetMon.Sources.Kernel.State;

/// <summary>Stored with the table of sockets, in a map of one element, <c>state-1</c>; another layout must use another number.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StateRecord
{
    /// <summary>When an agent last recorded that it uses the table, CLOCK_BOOTTIME.</summary>
    public ulong LastUsedNanoseconds;

    /// <summary>The hierarchy of the cgroup ids in the table, as in /proc/cgroups; 0 is v2.</summary>
    public uint CgroupHierarchy;

    public uint Reserved;
}
