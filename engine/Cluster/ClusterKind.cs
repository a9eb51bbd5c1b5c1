namespace NetMon.Cluster;

/// <summary>The kinds of objects that are watched, by their word in <see cref="FactProtocol"/>.</summary>
public enum ClusterKind
{
    /// <summary>Services: which addresses and ports a Service answers at.</summary>
    Services,

    /// <summary>EndpointSlices: which pod, node and zone an address belongs to, and which Service it serves.</summary>
    Slices,

    /// <summary>Nodes: their addresses, their zones, and the ranges that their pods' addresses come from.</summary>
    Nodes,
}
