using System.Runtime.InteropServices;

namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>What a cgroup wrote and lost, in memory shared with the kernel. Mirrors <c>struct nm_account</c> of <c>bpf/accounts.h</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CgroupAccount
{
    public ulong CgroupId;
    public ulong Seen;
    public ulong DroppedRingFull;
    public ulong DroppedNoRoom;
    public ulong DroppedFairShare;
    public ulong LastNanoseconds;
    public ulong DueNanoseconds;
    public ulong Reserved;
}
