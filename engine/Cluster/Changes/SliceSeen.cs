namespace NetMon.Cluster.Changes;

/// <summary>An EndpointSlice as it is now.</summary>
/// <param name="Namespace">Its namespace, and that of its Service and pods.</param>
/// <param name="Name">Its name.</param>
/// <param name="Service">The Service that it belongs to; empty: none.</param>
/// <param name="Endpoints">Its addresses.</param>
/// <param name="Ports">The TCP ports of all of them; none: they are not known, or all are.</param>
public sealed record SliceSeen(string Namespace, string Name, string Service, SliceEndpoint[] Endpoints, ushort[] Ports) : ClusterChange;
