namespace NetMon.Sources;

/// <summary>What a source has seen: Seen == Delivered + RingFull + NoRoom + FairShare. Events, since the start.</summary>
/// <param name="Seen">Events that happened.</param>
/// <param name="Delivered">Events written to a ring.</param>
/// <param name="RingFull">Lost: the agent did not drain in time.</param>
/// <param name="NoRoom">Lost: every place where the socket could have been remembered was taken.</param>
/// <param name="FairShare">Lost: the cgroup wrote more than its share.</param>
/// <param name="RecursionMisses">State changes the kernel skipped (tracepoint spine only); not part of Seen.</param>
/// <param name="AcceptsInferred">ACCEPTs whose owner was inferred from the close or the listener, because no hook saw the accept.</param>
/// <param name="CgroupsDropped">Cgroups of which the kernel could not tell: no event lost; the tree is read anew when one comes from there.</param>
/// <param name="ClosesEarly">CLOSEs written when the socket was released, because another program had switched off its state changes.</param>
/// <param name="ClosesUnseen">Sockets that were gone without a CLOSE; not part of Seen.</param>
/// <param name="SweepsFailed">Sweeps over open connections that the kernel broke off: what was due is reported by the next. Not lost.</param>
/// <param name="Sweeps">Sweeps over open connections that came to their end.</param>
/// <param name="SweepNanoseconds">How long those took together.</param>
/// <param name="GarbledBytes">Bytes of a recording that were no record; 0 from other sources.</param>
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
    ulong GarbledBytes = 0)
{
    /// <summary>All that was lost before a ring.</summary>
    public ulong Lost => RingFull + NoRoom + FairShare + RecursionMisses;
}
