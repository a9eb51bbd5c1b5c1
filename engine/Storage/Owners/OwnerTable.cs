namespace NetMon.Storage.Owners;

/// <summary>
/// Current and former owners of addresses, as needed for the hours that are being written. Bounded: beyond <see cref="Most"/> the range
/// that ended first is evicted; if none has ended, a new range is rejected. Not thread-safe.
/// </summary>
internal sealed class OwnerTable
{
    /// <summary>The maximum number of ranges: a node that starts four pods with two addresses per second for half an hour.</summary>
    public const int Most = 16_384;

    private readonly Dictionary<string, List<OwnerRange>> _open = new(StringComparer.Ordinal);
    private readonly Queue<OwnerRange> _ended = new();
    private readonly List<OwnerRange> _carried = [];
    private List<OwnerRange> _ofNode = [];
    private int _openCount;

    /// <summary>Number of ranges.</summary>
    public int Count => _openCount + _ended.Count + _carried.Count + _ofNode.Count;

    /// <summary>Ranges that did not fit.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Incremented with each change.</summary>
    public long Version { get; private set; }

    /// <summary>Whether any address has a current owner.</summary>
    public bool HasOpen => _openCount + _ofNode.Count > 0;

    /// <summary>Takes over ranges that were open when an earlier run last wrote them.</summary>
    /// <param name="ranges">They end at that time, unless their owners are reported again.</param>
    public void Carry(IEnumerable<OwnerRange> ranges) => _carried.AddRange(ranges.Take(Most));

    /// <summary>Ranges of an earlier run that have not been reported again.</summary>
    public IReadOnlyList<OwnerRange> Carried => _carried;

    /// <summary>Removes the carried ranges after they have been written: they no longer change.</summary>
    public void ForgetCarried() => _carried.Clear();

    /// <summary>Applies a start, a change or an end of ownership.</summary>
    public void Take(AddressOwner owner)
    {
        var from = OwnerRange.Microseconds(owner.FromUnixNanoseconds);
        if (owner.UntilUnixNanoseconds != 0)
        {
            End(owner.Id, OwnerRange.Microseconds(owner.UntilUnixNanoseconds));
            return;
        }

        if (_open.TryGetValue(owner.Id, out var known) && known.Exists(range => range.From != from))
        {
            End(owner.Id, from); // the container was restarted
        }

        Begin(owner, from);
    }

    /// <summary>Replaces the node's own addresses.</summary>
    /// <param name="addresses">All of them.</param>
    /// <param name="now">Unix microseconds.</param>
    public void TakeNode(IEnumerable<string> addresses, long now)
    {
        var current = addresses.Distinct().Take(Most / 16).ToList();
        if (_ofNode.Select(range => range.Address).SequenceEqual(current))
        {
            return;
        }

        foreach (var gone in _ofNode.Where(range => !current.Contains(range.Address)))
        {
            Keep(gone with { To = now });
        }

        _ofNode = [.. current.Select(address => _ofNode.Find(range => range.Address == address) ?? Continued(new OwnerRange(address, OwnerName.Node, now)))];
        Version++;
    }

    /// <summary>Returns the ranges that overlap an hour.</summary>
    /// <param name="hour">The hour.</param>
    /// <param name="carried">Whether to include those of an earlier run that have not been reported again.</param>
    public List<OwnerRange> In(Hour hour, bool carried) =>
        [.. _open.Values.SelectMany(ranges => ranges).Concat(_ended).Concat(_ofNode).Concat(carried ? _carried : []).Where(range => range.IsIn(hour))
            .OrderBy(range => range.Address, StringComparer.Ordinal).ThenBy(range => range.From)];

    /// <summary>Removes ranges that ended before an hour.</summary>
    public void Forget(Hour before)
    {
        for (var left = _ended.Count; left > 0; left--)
        {
            if (_ended.Dequeue() is var range && (range.To >= OwnerRange.Microseconds(before.Start) || range.From >= OwnerRange.Microseconds(before.Start)))
            {
                _ended.Enqueue(range);
            }
        }
    }

    private void Begin(AddressOwner owner, long from)
    {
        List<OwnerRange> ranges = [.. owner.Addresses.Select(address => Continued(new OwnerRange(address, owner.Name, from)))];
        var more = ranges.Count - (_open.TryGetValue(owner.Id, out var known) ? known.Count : 0);
        while (Count + more > Most && _ended.TryDequeue(out _))
        {
            LeftOut++;
        }

        if (Count + more > Most)
        {
            LeftOut += ranges.Count;
            return;
        }

        _open[owner.Id] = ranges;
        _openCount += more;
        Version++;
    }

    private void End(string id, long at)
    {
        if (_open.Remove(id, out var ranges))
        {
            _openCount -= ranges.Count;
            ranges.ForEach(range => Keep(range with { To = Math.Max(at, range.From) }));
            Version++;
        }
    }

    private void Keep(OwnerRange ended)
    {
        _ended.Enqueue(ended);
        if (Count > Most)
        {
            _ended.Dequeue();
            LeftOut++;
        }
    }

    /// <summary>Continues a range from the start that an earlier run recorded. The node's addresses have no other start.</summary>
    private OwnerRange Continued(OwnerRange range)
    {
        var index = _carried.FindIndex(carried => carried.IsSameAs(range) || (range.Name.IsNode && carried.Name.IsNode && carried.Address == range.Address));
        if (index < 0)
        {
            return range;
        }

        var from = _carried[index].From;
        _carried.RemoveAt(index);
        return range with { From = from };
    }
}
