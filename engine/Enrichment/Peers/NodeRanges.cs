using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace NetMon.Enrichment.Peers;

/// <summary>
/// Finds the node of pod addresses about which nothing else is known (spec.podCIDRs). Networks that assign addresses themselves leave these ranges
/// unused even though nodes have them, so that a range would name the wrong node. So ranges are only used once an endpoint was seen in its node's
/// range, and while none is outside of it. One thread writes; any thread may read.
/// </summary>
internal sealed class NodeRanges
{
    private readonly Dictionary<string, NodeRange[]> _ofNode = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outside = new(StringComparer.Ordinal);
    private bool _hasFit;
    private volatile Table? _table;

    /// <summary>Returns the range that contains an address; null if there is none, or if two nodes have it. Thread-safe.</summary>
    /// <param name="address">The address.</param>
    /// <param name="began">When the connection began, Unix nanoseconds.</param>
    public NodeRange? At(UInt128 address, long began)
    {
        if (_table is not { } table)
        {
            return null;
        }

        var number = NumberOf(address);
        var at = Array.BinarySearch(table.Firsts, number);
        at = at < 0 ? ~at - 1 : at;
        return at >= 0 && table.Ranges[at] is var range && range.Contains(number) && began >= range.FromUnixNanoseconds ? range : null;
    }

    /// <summary>Sets the ranges of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="networks">All of them.</param>
    /// <param name="isNamed">Whether to name addresses by them; false for this node, which knows its own pods.</param>
    /// <param name="fromUnixNanoseconds">Since when, if they are new.</param>
    public void Set(NodeFacts node, IReadOnlyList<IPNetwork> networks, bool isNamed, long fromUnixNanoseconds)
    {
        var before = _ofNode.GetValueOrDefault(node.Name) ?? [];
        NodeRange[] now = [.. networks.Select(network => Of(network, node, isNamed ? fromUnixNanoseconds : long.MaxValue))];
        if (before.Length == now.Length && before.Zip(now).All(pair => pair.First.First == pair.Second.First && pair.First.Last == pair.Second.Last && pair.First.Node == node))
        {
            return;
        }

        _ofNode[node.Name] = [.. now.Select(range => Array.Find(before, known => known.First == range.First && known.Last == range.Last) is { } known
            ? new NodeRange(range.First, range.Last, node, known.FromUnixNanoseconds) : range)];
        Publish();
    }

    /// <summary>Removes a node.</summary>
    public void Remove(string node)
    {
        if (_ofNode.Remove(node))
        {
            Publish();
        }
    }

    /// <summary>Records whether the pods of an EndpointSlice have addresses in their nodes' ranges.</summary>
    /// <param name="slice">The slice's key.</param>
    /// <param name="pods">Addresses of pods, excluding nodes' own addresses, with the pods' nodes.</param>
    public void Observe(string slice, IEnumerable<(UInt128 Address, string Node)> pods)
    {
        var (hadFit, wasOutside) = (_hasFit, _outside.Count > 0);
        var isOutside = false;
        foreach (var (address, node) in pods)
        {
            if (_ofNode.TryGetValue(node, out var ranges) && ranges.Length > 0)
            {
                var isInside = Array.Exists(ranges, range => range.Contains(NumberOf(address)));
                _hasFit |= isInside;
                isOutside |= !isInside;
            }
        }

        _ = isOutside ? _outside.Add(slice) : _outside.Remove(slice);
        if (hadFit != _hasFit || wasOutside != _outside.Count > 0)
        {
            Publish();
        }
    }

    /// <summary>Removes an EndpointSlice.</summary>
    public void Forget(string slice) => Observe(slice, []);

    private static NodeRange Of(IPNetwork network, NodeFacts node, long from)
    {
        var isIPv4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        _ = PeerAddress.TryOf(network.BaseAddress, out var key);
        var length = network.PrefixLength + (isIPv4 ? 96 : 0);
        var first = NumberOf(key);
        return new NodeRange(first, first | (length == 0 ? UInt128.MaxValue : (UInt128.One << (128 - length)) - 1), node, from);
    }

    /// <summary>Keys have the byte order of records; in a number the first byte must be the most significant.</summary>
    private static UInt128 NumberOf(UInt128 key) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(key) : key;

    private void Publish()
    {
        if (!_hasFit || _outside.Count > 0)
        {
            _table = null;
            return;
        }

        var ranges = _ofNode.Values.SelectMany(some => some).OrderBy(range => range.First).ThenBy(range => range.Last).ToList();
        var overlaps = new bool[ranges.Count];
        var widest = 0; // the previous range that extends furthest
        for (var at = 1; at < ranges.Count; at++)
        {
            if (ranges[at].First <= ranges[widest].Last)
            {
                overlaps[at] = overlaps[widest] = true;
            }

            widest = ranges[at].Last > ranges[widest].Last ? at : widest;
        }

        NodeRange[] named = [.. ranges.Where((_, at) => !overlaps[at])];
        _table = new Table(Array.ConvertAll(named, range => range.First), named);
    }

    private sealed record Table(UInt128[] Firsts, NodeRange[] Ranges);
}
