using NetMon.Events;

namespace NetMon.Enrichment.Peers;

/// <summary>The identities that were made of one span, so that events share them. One thread.</summary>
internal sealed class PeerIdentities
{
    /// <summary>Services that lead to one address at the same time; more are made anew.</summary>
    private const int Most = 16;

    private readonly List<(AddressSpan? Other, ServiceFacts? Service, string Zone, PeerIdentity Identity)> _made = [];

    /// <summary>The identity that follows from what is known; made if it is new.</summary>
    /// <param name="pod">The pod; null if it is not known.</param>
    /// <param name="node">The node whose own address it is; null if it is none's.</param>
    /// <param name="other">The span that says more of the same address; null if there is none.</param>
    /// <param name="service">The Service; null if none is known.</param>
    /// <param name="zone">The zone where the pod's facts have none.</param>
    public PeerIdentity Of(PodFacts? pod, NodeFacts? node, AddressSpan? other, ServiceFacts? service, string zone)
    {
        foreach (var made in _made)
        {
            if (ReferenceEquals(made.Other, other) && made.Service == service && made.Zone == zone)
            {
                return made.Identity;
            }
        }

        if (_made.Count == Most)
        {
            _made.Clear();
        }

        var identity = Make(pod, node, service, zone);
        _made.Add((other, service, zone, identity));
        return identity;
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
}
