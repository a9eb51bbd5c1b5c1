namespace NetMon.Events;

/// <summary>The unit that a process belongs to from a user's view: the controller of a pod, a Compose service, a systemd unit. Immutable.</summary>
/// <param name="Name">As returned by the macro <c>workload_of</c> of <c>schemas/views.sql</c>: <c>shop/web</c>, <c>container/db</c>, <c>node/sshd.service</c>.</param>
/// <param name="Kind">One of <see cref="WorkloadKinds"/>; empty if unknown.</param>
public readonly record struct Workload(string Name, string Kind);
