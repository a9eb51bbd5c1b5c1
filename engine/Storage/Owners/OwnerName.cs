namespace NetMon.Storage.Owners;

/// <summary>Who has an address: a pod, a container outside Kubernetes, or the node itself. Empty texts are not known.</summary>
/// <param name="PodName">Of a container outside Kubernetes its own name; of the node none.</param>
/// <param name="PodNamespace">None of what is outside Kubernetes.</param>
/// <param name="PodUid">None of what is outside Kubernetes.</param>
/// <param name="Workload">What it is part of.</param>
/// <param name="WorkloadKind">What that is.</param>
public readonly record struct OwnerName(string PodName, string PodNamespace, string PodUid, string Workload, string WorkloadKind)
{
    /// <summary>The node.</summary>
    public static readonly OwnerName Node = new("", "", "", "", "");

    /// <summary>Whether it is the node itself.</summary>
    public bool IsNode => this == Node;
}
