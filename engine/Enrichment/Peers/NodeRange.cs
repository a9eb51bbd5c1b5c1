using NetMon.Events;

namespace NetMon.Enrichment.Peers;

/// <summary>An address range of a node's pods. Immutable, except for cached identities of its reader.</summary>
/// <param name="first">Its first address, as a number.</param>
/// <param name="last">Its last address.</param>
/// <param name="node">The node.</param>
/// <param name="fromUnixNanoseconds">Since when it is the node's.</param>
internal sealed class NodeRange(UInt128 first, UInt128 last, NodeFacts node, long fromUnixNanoseconds)
{
    private LastPeer _made;

    /// <summary>Its first address.</summary>
    public UInt128 First => first;

    /// <summary>Its last address.</summary>
    public UInt128 Last => last;

    /// <summary>The node.</summary>
    public NodeFacts Node => node;

    /// <summary>Since when it is the node's, Unix nanoseconds.</summary>
    public long FromUnixNanoseconds => fromUnixNanoseconds;

    /// <summary>Whether it contains an address.</summary>
    public bool Contains(UInt128 address) => address >= first && address <= last;

    /// <summary>Returns the identity for an address if only its node is known. For the readers' thread.</summary>
    public PeerIdentity IdentityOf(ServiceFacts? service) => _made.Of(pod: null, node, other: null, service, zone: "");
}
