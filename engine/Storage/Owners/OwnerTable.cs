namespace NetMon.Storage.Owners;

/// <summary>
/// Whose which address is and was, as far as it concerns hours that are being written. Bounded: past <see cref="Most"/> the range that
/// ended first is forgotten, and where none has ended a new one is not taken. One thread.
/// </summary>
internal sealed class OwnerTable
{
    /// <summary>Ranges kept: a node that begins four pods of two addresses a second for half an hour.</summary>
    public const int Most = 16_384;

    private readonly Dictionary<string, List<OwnerRange>> _open = new(StringComparer.Ordinal);
    private readonly Queue<OwnerRange> _ended = new();
    private readonly List<OwnerRange> _carried = [];
    private List<OwnerRange> _ofNode = [];
    private int _openCount;

    /// <summary>Ranges held.</summary>
    public int Count => _openCount + _ended.Count + _carried.Count + _ofNode.Count;

    /// <summary>Ranges that there was no room for.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Changes with each change.</summary>
    public long Version { get; private set; }

    /// <summary>Whether somebody has an address now.</summary>
    public bool HasOpen => _openCount + _ofNode.Count > 0;

    /// <summary>Takes over ranges that were open when an earlier run wrote them last.</summary>
    /// <param name="ranges">They end at that moment, until their owners are reported again.</param>
    public void Carry(IEnumerable<OwnerRange> ranges) => _carried.AddRange(ranges.Take(Most));

    /// <summary>Ranges of an earlier run whose owner nobody has reported again.</summary>
    public IReadOnlyList<OwnerRange> Carried => _carried;

    /// <summary>They have been written: they are not changed by anybody any more.</summary>
    public void ForgetCarried() => _carried.Clear();

    /// <summary>Takes in a beginning, a change or an end.</summary>
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
            End(owner.Id, from); // a container that began again
        }

        Begin(owner, from);
    }

    /// <summary>The node's own addresses, as of this moment.</summary>
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

    /// <summary>The ranges that any moment of an hour is in.</summary>
    /// <param name="hour">The hour.</param>
    /// <param name="carried">Whether with those of an earlier run that nobody has reported again.</param>
    public List<OwnerRange> In(Hour hour, bool carried) =>
        [.. _open.Values.SelectMany(ranges => ranges).Concat(_ended).Concat(_ofNode).Concat(carried ? _carried : []).Where(range => range.IsIn(hour))
            .OrderBy(range => range.Address, StringComparer.Ordinal).ThenBy(range => range.From)];

    /// <summary>Forgets what ended before an hour.</summary>
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

    /// <summary>A range that goes on, where an earlier run has written its beginning. The node's addresses have none but that.</summary>
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
