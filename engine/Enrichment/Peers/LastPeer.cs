using NetMon.Events;

namespace NetMon.Enrichment.Peers;

/// <summary>Caches the last identity of a pod, node or Service, and further ones of the same, so that events share them. Not thread-safe.</summary>
internal struct LastPeer
{
    /// <summary>The maximum number of Services that lead to one address at the same time; more are not cached.</summary>
    private const int Most = 16;

    private AddressSpan? _other;
    private ServiceFacts? _service;
    private string _zone;
    private PeerIdentity? _identity;
    private List<LastPeer>? _more;

    /// <summary>Returns the identity that follows from the facts; creates it if it is new.</summary>
    /// <param name="pod">The pod; null if unknown.</param>
    /// <param name="node">The node whose own address it is; null if there is none.</param>
    /// <param name="other">The span with further facts about the same address; null if there is none.</param>
    /// <param name="service">The Service; null if unknown.</param>
    /// <param name="zone">The zone, if the pod's facts have none.</param>
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

    /// <summary>Finds or creates an identity and makes it the last one; keeps the previous one as well.</summary>
    private PeerIdentity Another(PodFacts? pod, NodeFacts? node, AddressSpan? other, ServiceFacts? service, string zone)
    {
        if (IsOf(other, service, zone))
        {
            (_service, _zone) = (service, zone); // other objects with the same names
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
