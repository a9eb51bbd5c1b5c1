using NetMon.Events;

namespace NetMon.Enrichment.Peers;

/// <summary>A range that a node's pods have their addresses from. Immutable, but for the identities that its reader has made of it.</summary>
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

    /// <summary>Whether an address is in it.</summary>
    public bool Contains(UInt128 address) => address >= first && address <= last;

    /// <summary>The identity of an address of which the node alone is known. The readers' thread.</summary>
    public PeerIdentity IdentityOf(ServiceFacts? service) => _made.Of(pod: null, node, other: null, service, zone: "");
}
