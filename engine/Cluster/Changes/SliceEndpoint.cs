using System.Net;

namespace NetMon.Cluster.Changes;

/// <summary>An address of an EndpointSlice. What is not known is empty.</summary>
/// <param name="Address">The address.</param>
/// <param name="Pod">Whose it is.</param>
/// <param name="Node">Where it is.</param>
/// <param name="Zone">Where the node is.</param>
public readonly record struct SliceEndpoint(IPAddress Address, string Pod, string Node, string Zone);
