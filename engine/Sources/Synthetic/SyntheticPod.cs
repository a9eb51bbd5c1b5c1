namespace NetMon.Sources.Synthetic;

/// <summary>What a container of a named synthetic node is called. Immutable.</summary>
/// <param name="Namespace">Of its pod.</param>
/// <param name="Name">Of its pod.</param>
/// <param name="Uid">Of its pod.</param>
/// <param name="Container">Its own name.</param>
/// <param name="Workload">The controller, as namespace/name.</param>
/// <param name="Kind">The controller's kind.</param>
/// <param name="Address">The pod's address, as text.</param>
/// <param name="IsFirst">Whether it is the pod's first container, which comes and goes with the pod.</param>
public sealed record SyntheticPod(string Namespace, string Name, string Uid, string Container, string Workload, string Kind, string Address, bool IsFirst);
