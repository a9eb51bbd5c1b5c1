namespace NetMon.Events;

/// <summary>
/// The other end of a connection. Immutable and shared by all events with the same peer, so that sinks can render it once. Unknown texts are
/// empty; nothing is guessed.
/// </summary>
/// <param name="PodName">The pod that has the address; empty for the node's own address.</param>
/// <param name="PodNamespace">The pod's namespace; if only a Service is known, the Service's.</param>
/// <param name="Workload">The workload that the pod belongs to, as in <see cref="Workload.Name"/>.</param>
/// <param name="Service">The Kubernetes Service that was dialed, or else the one that the pod serves.</param>
/// <param name="Node">The node that the pod runs on, or that has the address.</param>
/// <param name="Zone">The node's zone.</param>
public sealed record PeerIdentity(
    string PodName = "",
    string PodNamespace = "",
    string Workload = "",
    string Service = "",
    string Node = "",
    string Zone = "");
