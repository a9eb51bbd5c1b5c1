namespace NetMon.Sources;

/// <summary>What a source has seen and lost of one cgroup, in events since it was first seen. Values do not decrease while the cgroup is listed.</summary>
/// <param name="CgroupId">The cgroup's id, as in events.</param>
/// <param name="Seen">Events that happened, including lost ones.</param>
/// <param name="RingFull">Lost: the agent did not drain in time.</param>
/// <param name="FairShare">Lost: the cgroup exceeded its share.</param>
/// <param name="Active">Whether anything happened in the last hour.</param>
public readonly record struct CgroupCounters(ulong CgroupId, ulong Seen, ulong RingFull, ulong FairShare, bool Active = true)
{
    /// <summary>Events lost for either reason.</summary>
    public ulong Lost => RingFull + FairShare;
}
