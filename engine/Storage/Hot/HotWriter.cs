using NetMon.Events;

namespace NetMon.Storage.Hot;

/// <summary>
/// Writes the batches of hours to their segments. A batch that can't be written is retried every second until its memory is needed; then
/// its rows are lost and counted. For the sink's thread only.
/// </summary>
internal sealed class HotWriter
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly CaptureDirectory _capture;
    private readonly CaptureSinkOptions _options;
    private readonly SinkCounters _counters;
    private readonly FailureLog _failures;
    private readonly HotSync _sync;
    private readonly WrittenFiles _written;
    private readonly Action<string, WrittenRows> _removed;
    private readonly Action<HotHour> _full;
    private readonly byte[] _schema;
    private readonly long _flushAfter;
    private byte[] _scratch = [];
    private long _retryAt;

    /// <param name="capture">The directory in which segments are created.</param>
    /// <param name="options">Node, intervals, sizes.</param>
    /// <param name="counters">Counts rows written to segments and rows lost.</param>
    /// <param name="failures">Logs disk errors.</param>
    /// <param name="sync">Makes segments durable.</param>
    /// <param name="written">Records which rows are in which segment.</param>
    /// <param name="removed">Called with a segment that another program removed, and its rows.</param>
    /// <param name="full">Receives the segments of an hour when the last is full.</param>
    public HotWriter(
        CaptureDirectory capture, CaptureSinkOptions options, SinkCounters counters, FailureLog failures, HotSync sync, WrittenFiles written, Action<string, WrittenRows> removed,
        Action<HotHour> full)
    {
        (_capture, _options, _counters, _failures, _sync, _written, _removed, _full) = (capture, options, counters, failures, sync, written, removed, full);
        _schema = HotFormat.Current.Messages.SchemaMessage(options.Node, options.BootId);
        _flushAfter = (long)(options.DurableWithin / 2).TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_schema.Length, HotLimits.SchemaBytes, "bytes of the node's name");
    }

    /// <summary>Writes the batches whose first row has waited long enough.</summary>
    public void FlushDue(List<HotHour> hours)
    {
        var now = Environment.TickCount64;
        if (now < _retryAt)
        {
            return;
        }

        foreach (var hour in hours)
        {
            if (hour.Batch.Rows > 0 && now - hour.FirstRowAt >= _flushAfter)
            {
                TryFlush(hour);
            }
        }
    }

    /// <summary>Empties the batch: its rows are written to the segment or lost.</summary>
    public void WriteOut(HotHour hour)
    {
        if (hour.Batch.Rows > 0 && !TryFlush(hour))
        {
            _counters.AddFailed(hour.Batch.Rows);
            _failures.Lost(hour.Batch.Rows);
            hour.Batch.Clear();
        }
    }

    /// <summary>Writes the batch to the segment. On failure the rows stay in the batch.</summary>
    public bool TryFlush(HotHour hour)
    {
        try
        {
            EndIfGoneOrFull(hour);
            if (hour.Segment is null)
            {
                hour.Segment = Create(hour.Hour);
                hour.Segments.Add(hour.Segment.Path);
            }

            hour.Segment.Append(hour.Batch, hour.Dictionaries, ref _scratch);
            _written.Add(hour.Segment.Path, hour.Batch.Describe());
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

    /// <summary>Closes the hour's segment; the next batch starts another.</summary>
    public void End(HotHour hour)
    {
        if (hour.Segment is { } segment)
        {
            segment.End();
            _sync.Ended(segment);
            hour.Segment = null;
        }
    }

    private void EndIfGoneOrFull(HotHour hour)
    {
        if (hour.Segment is { } segment)
        {
            var isThere = _capture.Root.Has(segment.Path);
            if (!isThere)
            {
                if (_written.Forget(segment.Path) is { } rows)
                {
                    _removed(segment.Path, rows);
                }

                hour.Segments.Remove(segment.Path);
            }

            // After a failed sync the kernel may have dropped written data: the segment is sealed as soon as possible, from what can be read.
            var isFull = segment.IsFull(hour.Batch, _options.RowGroupRows, _options.SegmentBytes) || segment.IsSuspect || segment.IsElsewhere;
            if (!isThere || isFull)
            {
                End(hour);
            }

            if (isThere && isFull)
            {
                _full(hour);
            }
        }
    }

    private HotSegment Create(Hour hour)
    {
        try
        {
            return _capture.IsLocked ? Make(hour) : throw new IOException("another agent uses the directory");
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            _capture.Renew();
            return Make(hour);
        }
    }

    private HotSegment Make(Hour hour)
    {
        try
        {
            return new HotSegment(_capture, hour, _schema);
        }
        catch (Exception failure) when (DiskFailure.Is(failure) && !DiskFailure.IsExisting(failure))
        {
            _capture.SegmentNotMade();
            throw;
        }
    }
}
