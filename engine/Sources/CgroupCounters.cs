namespace NetMon.Sources;

/// <summary>What a source has seen and lost of one cgroup. Events, since it was first seen; each only grows while the cgroup is listed.</summary>
/// <param name="CgroupId">As in the events.</param>
/// <param name="Seen">Events that happened, lost ones included.</param>
/// <param name="RingFull">Lost: the agent did not drain in time.</param>
/// <param name="FairShare">Lost: the cgroup wrote more than its share.</param>
/// <param name="Active">Whether anything happened in the last hour.</param>
public readonly record struct CgroupCounters(ulong CgroupId, ulong Seen, ulong RingFull, ulong FairShare, bool Active = true)
{
    /// <summary>Events lost for either reason.</summary>
    public ulong Lost => RingFull + FairShare;
}
