using NetMon.Events;

namespace NetMon.Enrichment.Peers;

/// <summary>The identity that was last made of a pod, node or Service, and others made of the same, so that events share them. One thread.</summary>
internal struct LastPeer
{
    /// <summary>Services that lead to one address at the same time; more are made anew.</summary>
    private const int Most = 16;

    private AddressSpan? _other;
    private ServiceFacts? _service;
    private string _zone;
    private PeerIdentity? _identity;
    private List<LastPeer>? _more;

    /// <summary>The identity that follows from what is known; made if it is new.</summary>
    /// <param name="pod">The pod; null if it is not known.</param>
    /// <param name="node">The node whose own address it is; null if it is none's.</param>
    /// <param name="other">The span that says more of the same address; null if there is none.</param>
    /// <param name="service">The Service; null if none is known.</param>
    /// <param name="zone">The zone where the pod's facts have none.</param>
    public PeerIdentity Of(PodFacts? pod, NodeFacts? node, AddressSpan? other, ServiceFacts? service, string zone)
    {
        if (_identity is { } last && ReferenceEquals(_other, other) && ReferenceEquals(_service, service) && ReferenceEquals(_zone, zone))
        {
            return last;
        }

        return Another(pod, node, other, service, zone);
    }

    private static PeerIdentity Make(PodFacts? pod, NodeFacts? node, ServiceFacts? service, string zone)
    {
        var isElsewhere = pod is not null && service is not null && pod.Namespace != service.Namespace;
        return new PeerIdentity(
            pod?.Name ?? "",
            pod?.Namespace ?? service?.Namespace ?? "",
            pod?.Workload ?? "",
            service is null ? "" : isElsewhere ? $"{service.Namespace}/{service.Name}" : service.Name,
            node?.Name ?? pod?.Node ?? "",
            node?.Zone ?? (pod is null ? "" : pod.Zone.Length > 0 ? pod.Zone : zone));
    }

    /// <summary>Finds or makes the one that is asked for and puts it in the place of the last one, which is kept beside.</summary>
    private PeerIdentity Another(PodFacts? pod, NodeFacts? node, AddressSpan? other, ServiceFacts? service, string zone)
    {
        if (IsOf(other, service, zone))
        {
            (_service, _zone) = (service, zone); // others of the same name
            return _identity!;
        }

        var more = _more;
        var found = new LastPeer { _other = other, _service = service, _zone = zone };
        for (var at = 0; more is not null && at < more.Count; at++)
        {
            if (more[at].IsOf(other, service, zone))
            {
                found = more[at];
                more.RemoveAt(at);
            }
        }

        if (_identity is not null)
        {
            more ??= [];
            if (more.Count == Most)
            {
                more.Clear();
            }

            more.Add(this with { _more = null });
        }

        this = found with { _more = more, _identity = found._identity ?? Make(pod, node, service, zone) };
        return _identity!;
    }

    private readonly bool IsOf(AddressSpan? other, ServiceFacts? service, string zone) =>
        _identity is not null && ReferenceEquals(_other, other) && _service == service && _zone == zone;
}
