using NetMon.Events;
using NetMon.Storage.Cold;

namespace NetMon.Storage.Hot;

/// <summary>
/// The hours that accept rows. A row is added to the batch of its hour; a batch is written to the hour's segment when it is full or its
/// first row has waited long enough; segments that are full, and hours that the watermark has passed, are passed on for sealing. For
/// the sink's thread only.
/// </summary>
internal sealed class HotTier
{
    /// <summary>Bounds memory; more than needed when the clock is set back and forth around the full hour.</summary>
    private const int MaxOpenHours = 4;

    /// <summary>How long a late row reopens its sealed hour, so that further late rows share a file.</summary>
    private static readonly TimeSpan LateHourStaysOpen = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(10);

    private readonly HotSync _sync;
    private readonly Action<SealJob> _seal;
    private readonly HotWriter _writer;
    private readonly long _lateness;
    private readonly List<HotHour> _open = [];
    private readonly Dictionary<Hour, List<string>> _adopted = [];
    private readonly Stack<HotBatchBuilder> _spare = new();
    private HotHour? _current;
    private long _watermark = long.MinValue;
    private long _lastBeat;

    /// <param name="capture">The capture directory.</param>
    /// <param name="options">Node, intervals, sizes.</param>
    /// <param name="counters">Counts rows written to segments and rows lost.</param>
    /// <param name="failures">Logs disk errors.</param>
    /// <param name="sync">Makes segments durable.</param>
    /// <param name="written">Records which rows are in which segment.</param>
    /// <param name="removed">Called with a segment that another program removed, and its rows.</param>
    /// <param name="seal">Receives segments that are full, and hours that are over.</param>
    public HotTier(
        CaptureDirectory capture, CaptureSinkOptions options, SinkCounters counters, FailureLog failures, HotSync sync, WrittenFiles written, Action<string, WrittenRows> removed,
        Action<SealJob> seal)
    {
        (_sync, _seal) = (sync, seal);
        _writer = new HotWriter(capture, options, counters, failures, sync, written, removed, HandOnFull);
        _lateness = Nanoseconds(options.ClockLateness);
    }

    /// <summary>Hours that must not be removed: they accept rows, or their rows wait to be sealed. A snapshot; thread-safe.</summary>
    public IReadOnlyCollection<Hour> OpenHours { get; private set; } = [];

    /// <summary>Rows that are not in a segment yet.</summary>
    public long PendingRows => _open.Sum(hour => (long)hour.Batch.Rows);

    /// <summary>Takes over what an earlier run left of an hour, to be sealed with it.</summary>
    /// <param name="hour">The hour, which may have pieces.</param>
    /// <param name="segments">Paths; may be empty.</param>
    public void Adopt(Hour hour, IEnumerable<string> segments)
    {
        _adopted.Add(hour, [.. segments]);
        NoteOpenHours();
    }

    /// <summary>Copies the events.</summary>
    public void Write(ReadOnlySpan<ConnectionEvent> events)
    {
        while (!events.IsEmpty)
        {
            if (_current is null || !_current.Hour.Contains(events[0].UnixNanoseconds))
            {
                _current = Open(Hour.Of(events[0].UnixNanoseconds));
            }

            var ofHour = 1;
            while (ofHour < events.Length && _current.Hour.Contains(events[ofHour].UnixNanoseconds))
            {
                ofHour++;
            }

            Append(_current, events[..ofHour]);
            events = events[ofHour..];
        }

        _writer.FlushDue(_open);
    }

    /// <summary>Writes batches that have waited long enough, and passes on hours that are over.</summary>
    public void Advance(long watermark)
    {
        _watermark = watermark;
        _writer.FlushDue(_open);
        for (var index = _open.Count - 1; index >= 0; index--)
        {
            if (watermark >= _open[index].SealAfterUnixNanoseconds && (_open[index].Batch.Rows == 0 || _writer.TryFlush(_open[index])))
            {
                Shut(_open[index]);
            }
        }

        foreach (var hour in _adopted.Keys.Where(hour => watermark >= hour.End + _lateness && !_open.Exists(open => open.Hour == hour)).ToArray())
        {
            SealAdopted(hour);
        }

        TellCovered();
    }

    /// <summary>Writes everything and passes every hour on. Rows that can't be written are lost and counted.</summary>
    public void Close()
    {
        while (_open.Count > 0)
        {
            _writer.WriteOut(_open[^1]);
            Shut(_open[^1]);
        }

        foreach (var hour in _adopted.Keys.ToArray())
        {
            SealAdopted(hour);
        }

        _sync.Covered(_watermark == long.MinValue ? 0 : _watermark, now: false);
    }

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Reports the time up to which all events are in a segment: the arrival of the first row that still waits.</summary>
    private void TellCovered()
    {
        var covered = _watermark;
        foreach (var hour in _open)
        {
            covered = hour.Batch.Rows > 0 ? Math.Min(covered, hour.FirstRowWatermark) : covered;
        }

        if (covered > 0)
        {
            var now = Environment.TickCount64;
            var isBeat = now - _lastBeat >= BeatInterval.TotalMilliseconds;
            _lastBeat = isBeat ? now : _lastBeat;
            _sync.Covered(covered, isBeat);
        }
    }

    private HotHour Open(Hour hour)
    {
        if (_open.Find(open => open.Hour == hour) is { } known)
        {
            return known;
        }

        if (_open.Count == MaxOpenHours)
        {
            _writer.WriteOut(_open[0]);
            Shut(_open[0]);
        }

        var sealAfter = hour.End + _lateness;
        if (_watermark >= sealAfter)
        {
            var staysOpen = Nanoseconds(LateHourStaysOpen);
            sealAfter = _watermark > long.MaxValue - staysOpen ? long.MaxValue : _watermark + staysOpen;
        }

        var batch = _spare.TryPop(out var spare) ? spare : new HotBatchBuilder();
        var opened = new HotHour(hour, batch) { SealAfterUnixNanoseconds = sealAfter };
        _open.Add(opened);
        NoteOpenHours();
        return opened;
    }

    private void Append(HotHour hour, ReadOnlySpan<ConnectionEvent> events)
    {
        while (!events.IsEmpty)
        {
            if (hour.Batch.Rows == 0)
            {
                hour.FirstRowAt = Environment.TickCount64;
                hour.FirstRowWatermark = _watermark;
            }

            var taken = hour.Batch.Add(events, hour.Dictionaries);
            events = events[taken..];
            if (hour.Batch.IsFull)
            {
                _writer.WriteOut(hour);
            }
            else if (!events.IsEmpty)
            {
                // A dictionary is full: it is cleared and refilled from the next rows.
                _writer.WriteOut(hour);
                hour.Dictionaries.ClearFull();
            }
        }
    }

    /// <summary>Closes an hour after all its rows are written or lost.</summary>
    private void Shut(HotHour hour)
    {
        _writer.End(hour);
        _open.Remove(hour);
        _current = null;
        if (_adopted.Remove(hour.Hour, out var adopted))
        {
            hour.Segments.InsertRange(0, adopted);
        }

        HandOn(hour.Hour, hour.Segments);
        if (_spare.Count == 0)
        {
            _spare.Push(hour.Batch);
        }
    }

    private void SealAdopted(Hour hour)
    {
        if (_adopted.Remove(hour, out var paths))
        {
            HandOn(hour, paths);
        }
    }

    private void HandOn(Hour hour, List<string> segments)
    {
        _seal(new SealJob(SealKind.Hour, hour, segments));
        NoteOpenHours();
    }

    private void HandOnFull(HotHour hour)
    {
        _seal(new SealJob(SealKind.Piece, hour.Hour, [.. hour.Segments]));
        hour.Segments.Clear();
    }

    private void NoteOpenHours() => OpenHours = [.. _open.Select(open => open.Hour), .. _adopted.Keys];
}
