namespace NetMon.Cluster.Changes;

/// <summary>The start of a list of all objects of a kind.</summary>
public sealed record ListBegins(ClusterKind Kind) : ClusterChange;
