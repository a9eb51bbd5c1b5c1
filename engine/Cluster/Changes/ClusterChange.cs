namespace NetMon.Cluster.Changes;

/// <summary>A change reported by the watch of a cluster. Immutable.</summary>
public abstract record ClusterChange;
