using System.Net;

namespace NetMon.Enrichment.Peers;

/// <summary>An endpoint of an EndpointSlice. Unknown texts are empty.</summary>
/// <param name="Address">Its address.</param>
/// <param name="PodName">Its pod, by targetRef; empty if it is not a pod.</param>
/// <param name="PodNamespace">The pod's namespace.</param>
/// <param name="Node">The node that it is on.</param>
/// <param name="Zone">The zone that it is in.</param>
public readonly record struct EndpointFacts(IPAddress Address, string PodName = "", string PodNamespace = "", string Node = "", string Zone = "");
