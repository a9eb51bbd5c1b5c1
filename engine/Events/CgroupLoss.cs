namespace NetMon.Events;

/// <summary>How much of a loss counter is one cgroup's, since the start.</summary>
/// <param name="Stage">As in <see cref="LossCounter"/>.</param>
/// <param name="Reason">As in <see cref="LossCounter"/>.</param>
/// <param name="CgroupId">As in the events.</param>
/// <param name="Count">Events.</param>
public readonly record struct CgroupLoss(string Stage, string Reason, ulong CgroupId, long Count);
