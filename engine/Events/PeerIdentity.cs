namespace NetMon.Events;

/// <summary>
/// Who is at the other end of a connection. Immutable and shared by every event that names the same peer, so that sinks may render it
/// once. A text is empty where it is not known; nothing here is a guess.
/// </summary>
/// <param name="PodName">The pod that has the address; empty for the node's own address.</param>
/// <param name="PodNamespace">Its namespace; where only a Service is known, the Service's.</param>
/// <param name="Workload">The workload that the pod belongs to, named as <see cref="Workload"/> has it.</param>
/// <param name="Service">The Kubernetes Service that was dialed, or else the one that the pod serves.</param>
/// <param name="Node">The node that the pod runs on, or whose address it is.</param>
/// <param name="Zone">The node's zone.</param>
public sealed record PeerIdentity(
    string PodName = "",
    string PodNamespace = "",
    string Workload = "",
    string Service = "",
    string Node = "",
    string Zone = "");
