namespace NetMon.Enrichment.Peers;

/// <summary>The kinds of Kubernetes objects that name peers.</summary>
public enum PeerObjectKind
{
    Node,
    Service,
    EndpointSlice,
}
