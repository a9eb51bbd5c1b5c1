using System.Runtime.InteropServices;

namespace NetMon.Sources.Kernel;

/// <summary>One CPU's counters, or their sum. Mirrors <c>struct nm_counters</c> of <c>schemas/record.h</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KernelCounters
{
    public ulong Seen;
    public ulong Delivered;
    public ulong DroppedRingFull;
    public ulong DroppedNoRoom;
    public ulong DroppedFairShare;
    public ulong CgroupsDropped;
    public ulong AcceptsInferred;
    public ulong ClosesEarly;
    public ulong ClosesUnseen;
}
