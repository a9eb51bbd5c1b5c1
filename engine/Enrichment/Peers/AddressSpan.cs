using NetMon.Events;

namespace NetMon.Enrichment.Peers;

/// <summary>Who had an address during a time in which nothing changed. Immutable, but for the identities that its reader has made of it.</summary>
internal sealed class AddressSpan
{
    private readonly AddressClaim[] _claims;

    private AddressSpan(long from, long until, AddressClaim[] claims)
    {
        (FromUnixNanoseconds, UntilUnixNanoseconds, _claims) = (from, until, claims);
        Node = claims.FirstOrDefault(claim => claim.Node is not null)?.Node;
        PodFacts[] pods = [.. claims.Select(claim => claim.Pod).OfType<PodFacts>()];
        Pod = Node is null && pods.Length > 0 && Array.TrueForAll(pods, pods[0].IsSamePod) ? pods[0] : null;
    }

    /// <summary>When it began.</summary>
    public long FromUnixNanoseconds { get; }

    /// <summary>When it ended; not in it.</summary>
    public long UntilUnixNanoseconds { get; }

    /// <summary>The pod that had it; null where that is not certain: nobody is said to have had it, or more than one.</summary>
    public PodFacts? Pod { get; }

    /// <summary>The node whose own address it was: then its pods that share the address are not named. Null if it was none's.</summary>
    public NodeFacts? Node { get; }

    /// <summary>What has been made of it so far. The readers' thread alone.</summary>
    public PeerIdentities Identities { get; } = new();

    /// <summary>The spans that follow from claims, the youngest first; where no claim holds there is none.</summary>
    public static AddressSpan[] Of(AddressClaim[] claims)
    {
        if (claims.Length == 1)
        {
            return [new AddressSpan(claims[0].FromUnixNanoseconds, claims[0].UntilUnixNanoseconds, claims)];
        }

        long[] bounds = [.. claims.SelectMany(claim => (long[])[claim.FromUnixNanoseconds, claim.UntilUnixNanoseconds]).Distinct().OrderDescending()];
        List<AddressSpan> spans = [];
        for (var at = 1; at < bounds.Length; at++)
        {
            var (from, until) = (bounds[at], bounds[at - 1]);
            AddressClaim[] held = Array.FindAll(claims, claim => claim.FromUnixNanoseconds <= from && claim.UntilUnixNanoseconds >= until);
            if (held.Length > 0)
            {
                spans.Add(new AddressSpan(from, until, held));
            }
        }

        return [.. spans];
    }

    /// <summary>
    /// The Service that the address is, or that its pod serves: the one with the port, else the only one. Null where there is none, or
    /// where it may be one of several. Of a node's address only the port tells: much else listens there.
    /// </summary>
    /// <param name="port">The port that was called; 0 where the address is the caller's.</param>
    public ServiceFacts? ServiceAt(int port)
    {
        ServiceFacts? only = null;
        var isOne = true;
        foreach (var claim in _claims)
        {
            if (claim.Service is { } service)
            {
                if (Array.IndexOf(claim.Ports, port) >= 0)
                {
                    return service;
                }

                isOne &= only is null || only == service;
                only = service;
            }
        }

        return isOne && Node is null ? only : null;
    }
}
