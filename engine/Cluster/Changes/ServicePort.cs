namespace NetMon.Cluster.Changes;

/// <summary>A TCP port of a Service.</summary>
/// <param name="Number">The port at the Service's addresses.</param>
/// <param name="NodePort">The port at each node's addresses; 0: none.</param>
public readonly record struct ServicePort(ushort Number, ushort NodePort);
