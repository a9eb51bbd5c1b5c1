namespace NetMon.Cluster.Changes;

/// <summary>What the watch of a cluster reports. Immutable.</summary>
public abstract record ClusterChange;
