namespace NetMon.Sources;

/// <summary>What a source has seen, in events since the start: Seen == Delivered + RingFull + NoRoom + FairShare.</summary>
/// <param name="Seen">Events that happened.</param>
/// <param name="Delivered">Events written to a ring.</param>
/// <param name="RingFull">Lost: the agent did not drain in time.</param>
/// <param name="NoRoom">Lost: no slot was free for the socket.</param>
/// <param name="FairShare">Lost: the cgroup exceeded its share.</param>
/// <param name="RecursionMisses">State changes that the kernel skipped (tracepoint spine only); not part of Seen.</param>
/// <param name="AcceptsInferred">ACCEPTs with an owner inferred from the close or the listener, because no hook saw accept().</param>
/// <param name="CgroupsDropped">Cgroups that the kernel could not report. No event is lost; the tree is scanned again when an event comes from one.</param>
/// <param name="ClosesEarly">CLOSEs written when the socket was released, because another program had disabled its callbacks.</param>
/// <param name="ClosesUnseen">Sockets that disappeared without a CLOSE; not part of Seen.</param>
/// <param name="SweepsFailed">Sweeps over open connections that the kernel aborted. Nothing is lost: the next one reports what was due.</param>
/// <param name="Sweeps">Completed sweeps over open connections.</param>
/// <param name="SweepNanoseconds">Their total duration.</param>
/// <param name="CorruptBytes">Malformed bytes in a recording; 0 for other sources.</param>
public sealed record SourceCounters(
    ulong Seen,
    ulong Delivered,
    ulong RingFull = 0,
    ulong NoRoom = 0,
    ulong FairShare = 0,
    ulong RecursionMisses = 0,
    ulong AcceptsInferred = 0,
    ulong CgroupsDropped = 0,
    ulong ClosesEarly = 0,
    ulong ClosesUnseen = 0,
    ulong SweepsFailed = 0,
    ulong Sweeps = 0,
    ulong SweepNanoseconds = 0,
    ulong CorruptBytes = 0)
{
    /// <summary>Everything lost before a ring.</summary>
    public ulong Lost => RingFull + NoRoom + FairShare + RecursionMisses;
}
