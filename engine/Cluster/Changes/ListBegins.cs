namespace NetMon.Cluster.Changes;

/// <summary>All objects of a kind follow.</summary>
public sealed record ListBegins(ClusterKind Kind) : ClusterChange;
