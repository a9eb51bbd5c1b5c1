using NetMon.Foundation.Logging;
using NetMon.Storage.Hot;

namespace NetMon.Query.Follow;

/// <summary>
/// Reads the rows that an agent adds to a capture, batch by batch, each once: from the segments alone, which every row is in before it
/// is anywhere else. What it costs depends on the rows that are new, not on those that there are. One thread.
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

    /// <summary>The rows that <see cref="TryRead"/> has read; valid until its next call.</summary>
    public HotBatch Batch => _segments[_next].Batch;

    /// <summary>Whose they are.</summary>
    public string Node => _segments[_next].Node;

    /// <summary>Begins with the rows that are added from now on.</summary>
    /// <param name="directory">The capture directory.</param>
    /// <param name="log">Where it says what it can't read.</param>
    /// <exception cref="IOException">The capture can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static CaptureFollower FromNow(string directory, Logger log)
    {
        var follower = FromSegments(directory, log);
        foreach (var segment in follower._segments)
        {
            segment.SkipTo = segment.Length;
        }

        return follower;
    }

    /// <summary>Begins with the rows that are in segments: the latest few hundred thousand at most.</summary>
    /// <inheritdoc cref="FromNow" path="/param"/>
    /// <inheritdoc cref="FromNow" path="/exception"/>
    public static CaptureFollower FromSegments(string directory, Logger log)
    {
        var follower = new CaptureFollower(new SegmentWatch(directory, log), log);
        follower.TakeOpened();
        follower._atStart.UnionWith(follower._segments);
        return follower;
    }

    /// <summary>Begins with the rows that a snapshot, which was taken after the start and before the first <see cref="TryRead"/>, does not have.</summary>
    public void ContinueAfter(Snapshot snapshot)
    {
        TakeOpened();
        var lengths = snapshot.Segments.ToDictionary(segment => segment.Path, segment => segment.Length, StringComparer.Ordinal);
        var elsewhere = snapshot.InParquet;
        foreach (var segment in _segments)
        {
            segment.SkipTo = lengths.TryGetValue(segment.Path, out var length) ? length
                : elsewhere.Contains(Path.GetFileName(segment.Path)) ? long.MaxValue
                : _atStart.Contains(segment) ? segment.SkipTo // of an hour that was not asked for
                : 0;
        }
    }

    /// <summary>Goes on to the next rows; false if there are none at present.</summary>
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
                _log.Warn($"{segment.Path} is damaged: {segment.DamagedRows - damaged} events or more are left out");
            }
        }
    }

    /// <summary>In the order of hours and numbers, in which they were opened.</summary>
    private void TakeOpened()
    {
        while (_watch.TryTake() is { } segment)
        {
            _segments.Add(segment);
        }
    }
}
