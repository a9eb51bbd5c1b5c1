using NetMon.Events;
using NetMon.Native;

namespace NetMon.Storage.Hot;

/// <summary>
/// The hours that take rows. A row goes into the batch of its hour; a batch goes to the hour's segment when it is full or
/// its first row has waited long enough; an hour whose end the watermark has passed is handed on to be sealed. The sink's
/// thread alone.
/// </summary>
internal sealed class HotTier
{
    /// <summary>More than a clock that is set back and forth at the full hour needs; bounds memory.</summary>
    private const int MaxOpenHours = 4;

    /// <summary>A late row opens its sealed hour again for this long, so that the ones after it share the file.</summary>
    private static readonly TimeSpan LateHourStaysOpen = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(10);

    private readonly CaptureDirectory _capture;
    private readonly CaptureSinkOptions _options;
    private readonly SinkCounters _counters;
    private readonly FailureLog _failures;
    private readonly HotSync _sync;
    private readonly Action<Hour, IReadOnlyList<string>> _seal;
    private readonly byte[] _schema;
    private readonly long _flushAfter;
    private readonly long _lateness;
    private readonly List<HotHour> _open = [];
    private readonly Dictionary<Hour, List<string>> _adopted = [];
    private readonly Stack<HotBatchBuilder> _spare = new();
    private byte[] _scratch = [];
    private HotHour? _current;
    private long _watermark = long.MinValue;
    private long _retryAt;
    private long _lastBeat;

    /// <param name="capture">The capture directory.</param>
    /// <param name="options">Node, intervals, sizes.</param>
    /// <param name="counters">Counts what reached a segment and what did not.</param>
    /// <param name="failures">Told of what the disk refuses.</param>
    /// <param name="sync">Makes segments durable.</param>
    /// <param name="seal">Takes over an hour's segments, by their paths.</param>
    public HotTier(
        CaptureDirectory capture, CaptureSinkOptions options, SinkCounters counters, FailureLog failures, HotSync sync,
        Action<Hour, IReadOnlyList<string>> seal)
    {
        (_capture, _options, _counters, _failures, _sync, _seal) = (capture, options, counters, failures, sync, seal);
        _schema = HotMessages.SchemaMessage(options.Node, options.BootId);
        _flushAfter = (long)(options.DurableWithin / 2).TotalMilliseconds;
        _lateness = Nanoseconds(options.ClockLateness);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_schema.Length, HotLimits.SchemaBytes, "bytes of the node's name");
    }

    /// <summary>Hours that may not be removed: they take rows, or their rows wait to be sealed. A copy, for other threads too.</summary>
    public IReadOnlyCollection<Hour> OpenHours { get; private set; } = [];

    /// <summary>Takes over a segment of an earlier run, to be sealed with its hour.</summary>
    public void Adopt(Hour hour, string path)
    {
        if (!_adopted.TryGetValue(hour, out var paths))
        {
            _adopted.Add(hour, paths = []);
            NoteOpenHours();
        }

        paths.Add(path);
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

        FlushDue();
    }

    /// <summary>Writes what has waited long enough and hands on hours that are over.</summary>
    public void Advance(long watermark)
    {
        _watermark = watermark;
        FlushDue();
        for (var index = _open.Count - 1; index >= 0; index--)
        {
            if (watermark >= _open[index].SealAfterUnixNanoseconds && (_open[index].Batch.Rows == 0 || TryFlush(_open[index])))
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
            WriteOut(_open[^1]);
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
            WriteOut(_open[0]);
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

            var taken = hour.Batch.Add(events, hour.Containers);
            events = events[taken..];
            if (hour.Batch.IsFull)
            {
                WriteOut(hour);
            }
            else if (!events.IsEmpty)
            {
                // The dictionary is full: it starts anew with the containers of the rows to come.
                WriteOut(hour);
                hour.Containers.Clear();
            }
        }
    }

    private void FlushDue()
    {
        var now = Environment.TickCount64;
        if (now < _retryAt)
        {
            return;
        }

        foreach (var hour in _open)
        {
            if (hour.Batch.Rows > 0 && now - hour.FirstRowAt >= _flushAfter)
            {
                TryFlush(hour);
            }
        }
    }

    /// <summary>Makes room: the batch's rows go to the segment or are lost.</summary>
    private void WriteOut(HotHour hour)
    {
        if (hour.Batch.Rows > 0 && !TryFlush(hour))
        {
            _counters.AddFailed(hour.Batch.Rows);
            _failures.Lost(hour.Batch.Rows);
            hour.Batch.Clear();
        }
    }

    /// <summary>Writes the batch to the segment. Where it can't, the rows stay.</summary>
    private bool TryFlush(HotHour hour)
    {
        try
        {
            EndIfGoneOrFull(hour);
            if (hour.Segment is null)
            {
                hour.Segment = Create(hour.Hour);
                hour.Segments.Add(hour.Segment.Path);
            }

            hour.Segment.Append(hour.Batch, hour.Containers, ref _scratch);
            _sync.Written(hour.Segment);
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            _failures.Failed(failure, rowsLost: 0);
            _retryAt = Environment.TickCount64 + (long)RetryInterval.TotalMilliseconds;
            return false;
        }

        _failures.Succeeded();
        _counters.AddDelivered(hour.Batch.Rows);
        hour.Batch.Clear();
        return true;
    }

    private void EndIfGoneOrFull(HotHour hour)
    {
        if (hour.Segment is { } segment)
        {
            var isThere = _capture.Root.Has(segment.Path);
            if (!isThere)
            {
                _failures.Failed(new FileNotFoundException($"{segment.Path} is gone: somebody removed it while it was being written, with all rows in it"), segment.Rows);
                hour.Segments.Remove(segment.Path);
            }

            if (!isThere || segment.IsFull(hour.Batch, _options.SegmentBytes))
            {
                End(hour);
            }
        }
    }

    private HotSegment Create(Hour hour)
    {
        try
        {
            return new HotSegment(_capture, hour, _schema);
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            _capture.Renew();
            return new HotSegment(_capture, hour, _schema);
        }
    }

    private void End(HotHour hour)
    {
        if (hour.Segment is { } segment)
        {
            segment.End();
            _sync.Ended(segment);
            hour.Segment = null;
        }
    }

    /// <summary>Takes an hour whose rows are all written, or given up, out of those that take rows.</summary>
    private void Shut(HotHour hour)
    {
        End(hour);
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
        if (segments.Count > 0)
        {
            _seal(hour, segments);
        }

        NoteOpenHours();
    }

    private void NoteOpenHours() => OpenHours = [.. _open.Select(open => open.Hour), .. _adopted.Keys];
}
