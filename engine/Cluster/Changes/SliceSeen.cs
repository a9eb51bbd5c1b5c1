namespace NetMon.Cluster.Changes;

/// <summary>The current state of an EndpointSlice.</summary>
/// <param name="Namespace">Its namespace, and that of its Service and pods.</param>
/// <param name="Name">Its name.</param>
/// <param name="Service">The Service that it belongs to; empty: none.</param>
/// <param name="Endpoints">Its addresses.</param>
/// <param name="Ports">The TCP ports of all endpoints; empty: unknown, or all ports.</param>
public sealed record SliceSeen(string Namespace, string Name, string Service, SliceEndpoint[] Endpoints, ushort[] Ports) : ClusterChange;
