using NetMon.Events;

namespace NetMon.Enrichment.Peers;

/// <summary>The owner of an address during a time without changes. Immutable, except for cached identities of its reader.</summary>
internal sealed class AddressSpan
{
    private readonly AddressClaim[] _held;
    private readonly ServiceFacts? _service;
    private readonly int[]? _ports; // of the Service; null: all ports
    private readonly bool _isOfSeveral;
    private LastPeer _last;

    private AddressSpan(long from, long until, AddressClaim[] claims, AddressClaim[] held, AddressSpan? older)
    {
        (FromUnixNanoseconds, UntilUnixNanoseconds, Claims, _held, Older) = (from, until, claims, held, older);
        Node = held.FirstOrDefault(claim => claim.Node is not null)?.Node;
        PodFacts[] pods = [.. held.Select(claim => claim.Pod).OfType<PodFacts>()];
        Pod = Node is null && pods.Length > 0 && Array.TrueForAll(pods, pods[0].IsSamePod) ? pods[0] : null;
        AddressClaim[] serving = Array.FindAll(held, claim => claim.Service is not null);
        _isOfSeveral = serving.Length > 1 && !Array.TrueForAll(serving, claim => claim.Service == serving[0].Service);
        _service = serving.Length > 0 && !_isOfSeveral ? serving[0].Service : null;
        _ports = Node is null && Array.Exists(serving, claim => claim.Ports.Length == 0 || claim.IsServicesOwn) ? null
            : serving.Length == 1 ? serving[0].Ports
            : [.. serving.SelectMany(claim => claim.Ports)];
    }

    /// <summary>Start, inclusive.</summary>
    public long FromUnixNanoseconds { get; }

    /// <summary>End, exclusive.</summary>
    public long UntilUnixNanoseconds { get; }

    /// <summary>The previous span of the same address; null if there is none.</summary>
    public AddressSpan? Older { get; }

    /// <summary>The pod that had it; null if uncertain: no pod or more than one is claimed.</summary>
    public PodFacts? Pod { get; }

    /// <summary>The node whose own address it was; then pods that share the address are not named. Null if there was none.</summary>
    public NodeFacts? Node { get; }

    /// <summary>All claims for the address, of any time.</summary>
    public AddressClaim[] Claims { get; }

    /// <summary>Computes the spans that follow from claims, and returns the latest, which links to older ones. Without a valid claim there is none, or an empty one.</summary>
    public static AddressSpan Of(AddressClaim[] claims)
    {
        if (claims.Length == 1)
        {
            return new AddressSpan(claims[0].FromUnixNanoseconds, claims[0].UntilUnixNanoseconds, claims, claims, older: null);
        }

        long[] bounds = [.. claims.SelectMany(claim => (long[])[claim.FromUnixNanoseconds, claim.UntilUnixNanoseconds]).Distinct().Order()];
        AddressSpan? youngest = null;
        for (var at = 1; at < bounds.Length; at++)
        {
            var (from, until) = (bounds[at - 1], bounds[at]);
            AddressClaim[] held = Array.FindAll(claims, claim => claim.FromUnixNanoseconds <= from && claim.UntilUnixNanoseconds >= until);
            if (held.Length > 0)
            {
                youngest = new AddressSpan(from, until, claims, held, youngest);
            }
        }

        return youngest ?? new AddressSpan(long.MinValue, long.MinValue, claims, [], older: null);
    }

    /// <summary>Returns the span of a connection's peer, this one or an older one; null if the owner of the address is unknown. Thread-safe.</summary>
    /// <param name="began">When the connection or attempt began, Unix nanoseconds.</param>
    /// <param name="alive">
    /// The same or a later time at which the connection was certainly alive. Whoever has the address at that time has had it since the beginning,
    /// even if the start of the claim is unknown.
    /// </param>
    /// <param name="until">The end of an attempt that may have reached any owner during it; else the same as <paramref name="began"/>.</param>
    public AddressSpan? At(long began, long alive, long until)
    {
        AddressSpan? younger = null;
        for (var span = this; span is not null; span = span.Older)
        {
            if (began >= span.FromUnixNanoseconds)
            {
                return began < span.UntilUnixNanoseconds && (younger is null || younger.FromUnixNanoseconds > until) ? span : null;
            }

            if (alive >= span.FromUnixNanoseconds && alive < span.UntilUnixNanoseconds && (span.Older is not { } older || older.UntilUnixNanoseconds <= began))
            {
                return span;
            }

            younger = span;
        }

        return null;
    }

    /// <summary>
    /// Returns the Service of a connection to a port of the address: the Service whose own address it is, or which the pod serves at this port. For a
    /// caller's address, the Service that the pod serves. Null if there is none or it is ambiguous. For a node's address only the port decides, because
    /// other programs listen there as well.
    /// </summary>
    /// <param name="port">The port that was called; 0 for the caller's address.</param>
    public ServiceFacts? ServiceAt(int port)
    {
        if (_isOfSeveral)
        {
            return OneOfSeveral(port);
        }

        return _service is null ? null
            : port == 0 ? Node is null ? _service : null
            : _ports is null || _ports.AsSpan().Contains(port) ? _service : null;
    }

    /// <summary>Returns the identity of the owner; creates it if it is new. For the readers' thread.</summary>
    /// <param name="pod">The pod to name.</param>
    /// <param name="node">The node whose own address it is.</param>
    /// <param name="other">The span with further facts about the same address; null if there is none.</param>
    /// <param name="service">The Service; null if unknown.</param>
    /// <param name="zone">The zone, if the pod's facts have none.</param>
    public PeerIdentity IdentityOf(PodFacts? pod, NodeFacts? node, AddressSpan? other, ServiceFacts? service, string zone) =>
        _last.Of(pod, node, other, service, zone);

    /// <summary>Returns the Service with the port; null if several have it, or may have it, or none does.</summary>
    private ServiceFacts? OneOfSeveral(int port)
    {
        ServiceFacts? one = null;
        foreach (var claim in _held)
        {
            if (claim.Service is { } service && (port == 0 || claim.Ports.Length == 0 || claim.Ports.AsSpan().Contains(port)))
            {
                if (one is not null && one != service)
                {
                    return null;
                }

                one = service;
            }
        }

        return one;
    }
}
