using NetMon.Events;

namespace NetMon.Enrichment.Peers;

/// <summary>Who had an address during a time in which nothing changed. Immutable, but for the identities that its reader has made of it.</summary>
internal sealed class AddressSpan
{
    private readonly AddressClaim[] _held;
    private readonly ServiceFacts? _service;
    private readonly int[]? _ports; // of that Service; null: all of them
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

    /// <summary>When it began.</summary>
    public long FromUnixNanoseconds { get; }

    /// <summary>When it ended; not in it.</summary>
    public long UntilUnixNanoseconds { get; }

    /// <summary>The span of the same address before it; null if there is none.</summary>
    public AddressSpan? Older { get; }

    /// <summary>The pod that had it; null where that is not certain: nobody is said to have had it, or more than one.</summary>
    public PodFacts? Pod { get; }

    /// <summary>The node whose own address it was: then its pods that share the address are not named. Null if it was none's.</summary>
    public NodeFacts? Node { get; }

    /// <summary>All claims of the address, of whatever time.</summary>
    public AddressClaim[] Claims { get; }

    /// <summary>The youngest of the spans that follow from claims; it leads to the older ones. Where no claim holds there is none, or one without a moment.</summary>
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

    /// <summary>The span of a connection's peer, this one or an older one; null where nobody is known to have had the address. Any thread.</summary>
    /// <param name="began">When the connection, or the attempt, began, Unix nanoseconds.</param>
    /// <param name="alive">
    /// A later moment at which it was certainly alive, or the same. Then who has the address at this moment has had it since the beginning,
    /// also where it is not known since when.
    /// </param>
    /// <param name="until">Until when an attempt went on that may have met whoever had the address; else the same as <paramref name="began"/>.</param>
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
    /// The Service of a connection to a port of the address: the one whose own address it is, or which the pod serves at this port. Of the
    /// caller's address, the one that the pod serves at all. Null where there is none, or where it may be one of several.
    /// Of a node's address only the port tells: much else listens there.
    /// </summary>
    /// <param name="port">The port that was called; 0 where the address is the caller's.</param>
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

    /// <summary>The identity of who had it; made if it is new. The readers' thread alone.</summary>
    /// <param name="pod">The pod to be named.</param>
    /// <param name="node">The node whose own address it is.</param>
    /// <param name="other">The span that says more of the same address; null if there is none.</param>
    /// <param name="service">The Service; null if none is known.</param>
    /// <param name="zone">The zone where the pod's facts have none.</param>
    public PeerIdentity IdentityOf(PodFacts? pod, NodeFacts? node, AddressSpan? other, ServiceFacts? service, string zone) =>
        _last.Of(pod, node, other, service, zone);

    /// <summary>The one with the port; where two have it, or may have it, or nobody has, it is not known.</summary>
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
