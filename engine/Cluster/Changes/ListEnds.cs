namespace NetMon.Cluster.Changes;

/// <summary>All objects of a kind have been named since its list began; others are gone.</summary>
public sealed record ListEnds(ClusterKind Kind) : ClusterChange;
