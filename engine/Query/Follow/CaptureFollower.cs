using NetMon.Foundation.Logging;
using NetMon.Storage.Hot;

namespace NetMon.Query.Follow;

/// <summary>
/// Reads the rows that an agent adds to a capture, batch by batch, each once. It reads segments only, because every row is first written to a
/// segment. The cost depends on the number of new rows, not of existing ones. Not thread-safe.
/// </summary>
internal sealed class CaptureFollower : IDisposable
{
    private readonly SegmentWatch _watch;
    private readonly Logger _log;
    private readonly List<FollowedSegment> _segments = [];
    private readonly HashSet<FollowedSegment> _atStart = [];
    private int _next;
    private long _reportedMissed;

    private CaptureFollower(SegmentWatch watch, Logger log) => (_watch, _log) = (watch, log);

    /// <summary>The rows read by the last <see cref="TryRead"/>; valid until its next call.</summary>
    public HotBatch Batch => _segments[_next].Batch;

    /// <summary>The node that they belong to.</summary>
    public string Node => _segments[_next].Node;

    /// <summary>Starts with the rows added from now on.</summary>
    /// <param name="directory">The capture directory.</param>
    /// <param name="log">Logs what can't be read.</param>
    /// <exception cref="IOException">The capture can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the capture is denied.</exception>
    public static CaptureFollower FromNow(string directory, Logger log)
    {
        var follower = FromSegments(directory, log);
        foreach (var segment in follower._segments)
        {
            segment.SkipTo = segment.Length;
        }

        return follower;
    }

    /// <summary>Starts with the rows in existing segments: the latest few hundred thousand at most.</summary>
    /// <inheritdoc cref="FromNow" path="/param"/>
    /// <inheritdoc cref="FromNow" path="/exception"/>
    public static CaptureFollower FromSegments(string directory, Logger log)
    {
        var follower = new CaptureFollower(new SegmentWatch(directory, log), log);
        follower.TakeOpened();
        follower._atStart.UnionWith(follower._segments);
        return follower;
    }

    /// <summary>Skips the rows of a snapshot, which must have been taken after the start and before the first <see cref="TryRead"/>.</summary>
    public void ContinueAfter(Snapshot snapshot)
    {
        TakeOpened();
        var lengths = snapshot.Segments.ToDictionary(segment => segment.Path, segment => segment.Length, StringComparer.Ordinal);
        var elsewhere = snapshot.InParquet;
        foreach (var segment in _segments)
        {
            segment.SkipTo = lengths.TryGetValue(segment.Path, out var length) ? length
                : elsewhere.Contains(Path.GetFileName(segment.Path)) ? long.MaxValue
                : _atStart.Contains(segment) ? segment.SkipTo // of an hour outside the snapshot
                : 0;
        }
    }

    /// <summary>Advances to the next rows; false if there are none at present.</summary>
    public bool TryRead()
    {
        for (; _next < _segments.Count; _next++)
        {
            if (TryRead(_segments[_next]))
            {
                return true;
            }
        }

        foreach (var done in _segments.Where(segment => segment.IsDone))
        {
            _watch.Close(done);
        }

        _segments.RemoveAll(segment => segment.IsDone);
        TakeOpened();
        _next = 0;
        if (_watch.Missed is var missed && missed != _reportedMissed)
        {
            _log.Warn($"{missed - _reportedMissed} segments were sealed before they could be read: their events are not in this output, but netmon query has them");
            _reportedMissed = missed;
        }

        return false;
    }

    public void Dispose() => _watch.Dispose();

    private bool TryRead(FollowedSegment segment)
    {
        var (wasDamaged, damaged) = (segment.IsDamaged, segment.DamagedRows);
        try
        {
            return segment.TryRead();
        }
        catch (IOException e)
        {
            _log.Warn($"{segment.Path}: {e.Message}");
            return false;
        }
        finally
        {
            if (segment.DamagedRows != damaged || segment.IsDamaged != wasDamaged)
            {
                _log.Warn($"{segment.Path} is damaged: {segment.DamagedRows - damaged} events or more are lost");
            }
        }
    }

    /// <summary>Takes new segments, in the order of their hours and numbers.</summary>
    private void TakeOpened()
    {
        while (_watch.TryTake() is { } segment)
        {
            _segments.Add(segment);
        }
    }
}
