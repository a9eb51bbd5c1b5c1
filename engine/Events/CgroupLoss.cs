namespace NetMon.Events;

/// <summary>The part of a loss counter that belongs to a cgroup, since the start.</summary>
/// <param name="Stage">As in <see cref="LossCounter"/>.</param>
/// <param name="Reason">As in <see cref="LossCounter"/>.</param>
/// <param name="CgroupId">The cgroup's id, as in events.</param>
/// <param name="Count">Events.</param>
public readonly record struct CgroupLoss(string Stage, string Reason, ulong CgroupId, long Count);
