namespace NetMon.Cluster.Changes;

/// <summary>An object was deleted.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace; empty for a node.</param>
/// <param name="Name">Its name.</param>
public sealed record ObjectGone(ClusterKind Kind, string Namespace, string Name) : ClusterChange;
