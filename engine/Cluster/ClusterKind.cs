namespace NetMon.Cluster;

/// <summary>The kinds of watched objects; <see cref="FactProtocol"/> has a word for each.</summary>
public enum ClusterKind
{
    /// <summary>Services, with their addresses and ports.</summary>
    Services,

    /// <summary>EndpointSlices, with the pod, node and zone of each address, and the Service that it serves.</summary>
    Slices,

    /// <summary>Nodes, with their addresses, zones, and the ranges of their pods' addresses.</summary>
    Nodes,
}
