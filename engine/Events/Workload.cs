namespace NetMon.Events;

/// <summary>Whom a user holds responsible: the controller of a pod, a Compose service, a systemd unit. Immutable.</summary>
/// <param name="Name">As the macro <c>workload_of</c> of <c>schemas/views.sql</c> has it: <c>shop/web</c>, <c>container/db</c>, <c>node/sshd.service</c>.</param>
/// <param name="Kind">One of <see cref="WorkloadKinds"/>; empty where it is not known.</param>
public readonly record struct Workload(string Name, string Kind);
