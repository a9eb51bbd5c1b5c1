using NetMon.Events;

namespace NetMon.Query.Top;

/// <summary>
/// Sums up events of the last minute by subject, in a bounded number of rows: when all rows are in use, further subjects are counted in one
/// row of others. Not thread-safe.
/// </summary>
/// <param name="subject">The subject of rows.</param>
/// <param name="most">The maximum number of rows, 4 KiB each.</param>
internal sealed class TopTable(TopSubject subject, int most = TopTable.DefaultMost)
{
    public const int DefaultMost = 2000;

    private readonly TopNames _names = new();
    private readonly Dictionary<TopKey, TopSeconds> _rows = [];
    private readonly TopSeconds _others = new();
    private long _clearedAt;

    /// <summary>The sums of all events.</summary>
    public TopSeconds Total { get; } = new();

    /// <summary>Counts an event.</summary>
    public void Add(in ConnectionEvent e)
    {
        var second = Math.DivRem(e.UnixNanoseconds, 1_000_000_000).Quotient;
        Total.Add(second, in e);
        var key = _names.Of(subject, in e);
        if (!_rows.TryGetValue(key, out var row))
        {
            row = _rows.Count < most || MakesRoom() ? _rows[key] = new TopSeconds() : _others;
        }

        row.Add(second, in e);
    }

    /// <summary>Returns the rows with events in the last minute, sorted by the last ten seconds, then by the minute.</summary>
    /// <param name="order">The sort key.</param>
    /// <param name="last">The last second shown, Unix time.</param>
    /// <param name="now">The shortest window, in seconds.</param>
    public List<TopRow> Rows(TopOrder order, long last, int now)
    {
        List<TopRow> rows = [];
        foreach (var (key, seconds) in _rows)
        {
            if (seconds.Last > last - TopSeconds.Longest)
            {
                rows.Add(TopRow.Of(TopNames.Shown(subject, in key), seconds, last, now));
            }
        }

        if (_others.Last > last - TopSeconds.Longest)
        {
            rows.Add(TopRow.Of("(others)", _others, last, now));
        }

        rows.Sort((one, other) => Compare(one, other, order));
        return rows;
    }

    private static int Compare(TopRow one, TopRow other, TopOrder order)
    {
        var byTen = other.Ten[order].CompareTo(one.Ten[order]);
        var byMinute = byTen != 0 ? byTen : other.Minute[order].CompareTo(one.Minute[order]);
        var byEvents = byMinute != 0 ? byMinute : other.Minute.Events.CompareTo(one.Minute.Events);
        return byEvents != 0 ? byEvents : string.CompareOrdinal(one.Name, other.Name);
    }

    /// <summary>Removes rows without events for a minute, at most once per second of event time.</summary>
    private bool MakesRoom()
    {
        if (_clearedAt != Total.Last)
        {
            _clearedAt = Total.Last;
            foreach (var silent in _rows.Where(row => row.Value.Last <= Total.Last - TopSeconds.Longest).Select(row => row.Key).ToList())
            {
                _rows.Remove(silent);
            }
        }

        return _rows.Count < most;
    }
}
