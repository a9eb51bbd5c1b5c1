using System.Net;

namespace NetMon.Enrichment.Peers;

/// <summary>An endpoint of an EndpointSlice. A text is empty where it is not known.</summary>
/// <param name="Address">Its address.</param>
/// <param name="PodName">The pod that it is, by targetRef; empty if it is none.</param>
/// <param name="PodNamespace">The pod's namespace.</param>
/// <param name="Node">The node that it is on.</param>
/// <param name="Zone">The zone that it is in.</param>
public readonly record struct EndpointFacts(IPAddress Address, string PodName = "", string PodNamespace = "", string Node = "", string Zone = "");
