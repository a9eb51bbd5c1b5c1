using NetMon.Events;
using NetMon.Storage.Cold;

namespace NetMon.Storage.Hot;

/// <summary>
/// The hours that take rows. A row goes into the batch of its hour; a batch goes to the hour's segment when it is full or
/// its first row has waited long enough; a segment that is full, and an hour whose end the watermark has passed, are handed on to be
/// sealed. The sink's thread alone.
/// </summary>
internal sealed class HotTier
{
    /// <summary>More than a clock that is set back and forth at the full hour needs; bounds memory.</summary>
    private const int MaxOpenHours = 4;

    /// <summary>A late row opens its sealed hour again for this long, so that the ones after it share the file.</summary>
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
    /// <param name="counters">Counts what reached a segment and what did not.</param>
    /// <param name="failures">Told of what the disk refuses.</param>
    /// <param name="sync">Makes segments durable.</param>
    /// <param name="written">Notes down what is in which segment.</param>
    /// <param name="removed">Told of a segment that somebody has removed, and what was in it.</param>
    /// <param name="seal">Takes over segments that are full, and hours that are over.</param>
    public HotTier(
        CaptureDirectory capture, CaptureSinkOptions options, SinkCounters counters, FailureLog failures, HotSync sync, WrittenFiles written, Action<string, WrittenRows> removed,
        Action<SealJob> seal)
    {
        (_sync, _seal) = (sync, seal);
        _writer = new HotWriter(capture, options, counters, failures, sync, written, removed, HandOnFull);
        _lateness = Nanoseconds(options.ClockLateness);
    }

    /// <summary>Hours that may not be removed: they take rows, or their rows wait to be sealed. A copy, for other threads too.</summary>
    public IReadOnlyCollection<Hour> OpenHours { get; private set; } = [];

    /// <summary>Rows that are in no segment yet.</summary>
    public long PendingRows => _open.Sum(hour => (long)hour.Batch.Rows);

    /// <summary>Takes over what an earlier run left of an hour, to be sealed with it.</summary>
    /// <param name="hour">It may have pieces.</param>
    /// <param name="segments">Paths, maybe none.</param>
    public void Adopt(Hour hour, IEnumerable<string> segments)
    {
        _adopted.Add(hour, [.. segments]);
        NoteOpenHours();
    }

    /// <summary>Takes copies of the events.</summary>
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

    /// <summary>Writes what has waited long enough and hands on hours that are over.</summary>
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

    /// <summary>Writes everything out and hands every hour on. What can't be written is lost and counted.</summary>
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

    /// <summary>Up to when every event is in a segment: what came before the first row that still waits.</summary>
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
                // A dictionary is full: it starts anew with what the rows to come refer to.
                _writer.WriteOut(hour);
                hour.Dictionaries.ClearFull();
            }
        }
    }

    /// <summary>Takes an hour whose rows are all written, or given up, out of those that take rows.</summary>
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
