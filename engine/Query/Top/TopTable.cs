using NetMon.Events;

namespace NetMon.Query.Top;

/// <summary>
/// Adds events up by whom they are about, over the last minute. It keeps a bounded number of rows: when they are all in use, who
/// comes then counts for one row of others. One thread.
/// </summary>
/// <param name="subject">What a row is.</param>
/// <param name="most">Rows that are kept: 4 KiB each.</param>
internal sealed class TopTable(TopSubject subject, int most = TopTable.DefaultMost)
{
    public const int DefaultMost = 2000;

    private readonly TopNames _names = new();
    private readonly Dictionary<TopKey, TopSeconds> _rows = [];
    private readonly TopSeconds _others = new();
    private long _clearedAt;

    /// <summary>Of all events.</summary>
    public TopSeconds Total { get; } = new();

    /// <summary>Counts an event in.</summary>
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

    /// <summary>The rows of which anything happened in the last minute, sorted by what happened in the last ten seconds, then in the minute.</summary>
    /// <param name="order">What they are sorted by.</param>
    /// <param name="last">The last second that is shown, since 1970.</param>
    /// <param name="now">Seconds of the shortest window.</param>
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

    /// <summary>Forgets rows that were silent for a minute, at most once a second of events.</summary>
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
