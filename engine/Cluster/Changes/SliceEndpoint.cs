using System.Net;

namespace NetMon.Cluster.Changes;

/// <summary>An address of an EndpointSlice. Unknown texts are empty.</summary>
/// <param name="Address">The address.</param>
/// <param name="Pod">The pod that has it.</param>
/// <param name="Node">The pod's node.</param>
/// <param name="Zone">The node's zone.</param>
public readonly record struct SliceEndpoint(IPAddress Address, string Pod, string Node, string Zone);
