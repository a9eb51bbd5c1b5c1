namespace NetMon.Sources.Synthetic;

/// <summary>The names of a container on a synthetic node with names. Immutable.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Uid">The pod's uid.</param>
/// <param name="Container">The container's name.</param>
/// <param name="Workload">The controller, as namespace/name.</param>
/// <param name="Kind">The controller's kind.</param>
/// <param name="Address">The pod's address, as text.</param>
/// <param name="IsFirst">Whether it is the pod's first container, which starts and ends with the pod.</param>
public sealed record SyntheticPod(string Namespace, string Name, string Uid, string Container, string Workload, string Kind, string Address, bool IsFirst);
