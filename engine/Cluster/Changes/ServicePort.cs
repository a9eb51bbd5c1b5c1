namespace NetMon.Cluster.Changes;

/// <summary>A TCP port of a Service.</summary>
/// <param name="Number">At the Service's addresses.</param>
/// <param name="NodePort">At each node's addresses; 0: none.</param>
public readonly record struct ServicePort(ushort Number, ushort NodePort);
