namespace NetMon.Storage.Owners;

/// <summary>The owner of an address: a pod, a container outside Kubernetes, or the node itself. Empty texts are unknown.</summary>
/// <param name="PodName">Outside Kubernetes, the container's name; empty for the node.</param>
/// <param name="PodNamespace">Empty outside Kubernetes.</param>
/// <param name="PodUid">Empty outside Kubernetes.</param>
/// <param name="Workload">The workload that it belongs to.</param>
/// <param name="WorkloadKind">The kind of the workload.</param>
public readonly record struct OwnerName(string PodName, string PodNamespace, string PodUid, string Workload, string WorkloadKind)
{
    /// <summary>The node.</summary>
    public static readonly OwnerName Node = new("", "", "", "", "");

    /// <summary>Whether it is the node itself.</summary>
    public bool IsNode => this == Node;
}
