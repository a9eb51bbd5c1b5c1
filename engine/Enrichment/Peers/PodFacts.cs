namespace NetMon.Enrichment.Peers;

/// <summary>A pod that has an address. Unknown texts are empty. Immutable.</summary>
/// <param name="Name">Its name; empty for a container outside Kubernetes with an address of its own.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Workload">The workload that it belongs to, as in <see cref="NetMon.Events.Workload.Name"/>.</param>
/// <param name="Node">The node that it runs on.</param>
/// <param name="Zone">The node's zone.</param>
public sealed record PodFacts(string Name, string Namespace, string Workload = "", string Node = "", string Zone = "")
{
    /// <summary>Whether both are the same pod, judging by their names.</summary>
    public bool IsSamePod(PodFacts other) => Name.Length > 0 ? Name == other.Name && Namespace == other.Namespace : this == other;
}
