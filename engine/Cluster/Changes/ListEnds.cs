namespace NetMon.Cluster.Changes;

/// <summary>The end of a list of all objects of a kind; objects that were not listed no longer exist.</summary>
public sealed record ListEnds(ClusterKind Kind) : ClusterChange;
