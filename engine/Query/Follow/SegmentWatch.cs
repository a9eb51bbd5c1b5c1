using NetMon.Foundation.Logging;
using NetMon.Storage;
using NetMon.Storage.Hot;

namespace NetMon.Query.Follow;

/// <summary>
/// Opens each segment in hot/ soon after it is created, on its own thread: a full segment becomes a piece and is removed, but stays
/// readable if open. It scans on notifications from the kernel, and also ten times a second. At most <see cref="MostOpen"/> segments are
/// kept open for a slow reader, because they occupy disk space. Segments that were removed before they could be opened, or even listed, are counted.
/// </summary>
internal sealed class SegmentWatch : IDisposable
{
    /// <summary>About 1 GiB of disk space.</summary>
    public const int MostOpen = 64;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly WatchedFolder _hot;
    private readonly Logger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FollowedSegment> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly SegmentNumbers _numbers = new();
    private readonly Queue<FollowedSegment> _opened = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly FileSystemWatcher? _names;
    private readonly Thread _thread;
    private long _missed;
    private bool _stopped;
    private string? _lastWarning;

    /// <summary>Opens the existing segments and starts watching.</summary>
    /// <param name="directory">The capture directory.</param>
    /// <param name="log">Logs what can't be opened.</param>
    /// <exception cref="IOException">hot/ can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to hot/ is denied.</exception>
    public SegmentWatch(string directory, Logger log)
    {
        (_hot, _log) = (new WatchedFolder(Path.Combine(directory, CapturePaths.Hot)), log);
        _names = Names(_hot.Path);
        Look();
        _missed = 0; // segments that became pieces meanwhile existed before
        _thread = new Thread(Run) { Name = "netmon-watch", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The number of segments removed before they were opened, since the start. Thread-safe.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>Takes the next opened segment, in order; the caller must return it with <see cref="Close"/>. Null: none.</summary>
    public FollowedSegment? TryTake()
    {
        lock (_gate)
        {
            return _opened.TryDequeue(out var segment) ? segment : null;
        }
    }

    /// <summary>Closes a segment that was read to its end.</summary>
    public void Close(FollowedSegment segment)
    {
        lock (_gate)
        {
            _open.Remove(segment.Path);
        }

        segment.Dispose();
    }

    public void Dispose()
    {
        Volatile.Write(ref _stopped, true);
        _wake.Set();
        _thread.Join();
        _names?.Dispose();
        _wake.Dispose();
        foreach (var segment in _open.Values)
        {
            segment.Dispose();
        }
    }

    private void Run()
    {
        while (!Volatile.Read(ref _stopped))
        {
            _wake.WaitOne(Interval);
            try
            {
                Look();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Warn(e.Message);
            }
        }
    }

    /// <summary>Logs a lasting problem once.</summary>
    private void Warn(string message)
    {
        if (message != _lastWarning)
        {
            _log.Warn(message);
            _lastWarning = message;
        }
    }

    private void Look()
    {
        _hot.Look();
        var changed = false;
        foreach (var date in _hot.Folders.Where(folder => CapturePaths.IsDate(Path.GetFileName(folder.Path))))
        {
            changed |= date.Look();
            foreach (var hour in date.Folders.Where(folder => CapturePaths.IsHour(Path.GetFileName(folder.Path))))
            {
                changed |= hour.Look();
            }
        }

        if (changed || _waiting.Count > 0 || _numbers.IsUndecided)
        {
            Compare();
        }
    }

    /// <summary>Opens new segments, and removes those that are gone.</summary>
    private void Compare()
    {
        var there = _hot.Folders.SelectMany(date => date.Folders)
            .SelectMany(hour => hour.Files.Where(CapturePaths.IsSegment).Select(name => Path.Combine(hour.Path, name)))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var path in there.Where(path => !_known.Contains(path)).Order(StringComparer.Ordinal))
        {
            Open(path);
        }

        Interlocked.Add(ref _missed, _waiting.RemoveWhere(path => !there.Contains(path)) + _numbers.Take(there));
        _known.IntersectWith(there); // names are never reused
        lock (_gate)
        {
            foreach (var (path, segment) in _open)
            {
                segment.IsGone = !there.Contains(path);
            }
        }
    }

    private void Open(string path)
    {
        lock (_gate)
        {
            if (_open.Count >= MostOpen)
            {
                _waiting.Add(path);
                return;
            }
        }

        try
        {
            var segment = new FollowedSegment(path, HotSegmentReader.Open(path));
            lock (_gate)
            {
                _open.Add(path, segment);
                _opened.Enqueue(segment);
            }
        }
        catch (FileNotFoundException)
        {
            Interlocked.Increment(ref _missed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.Warn($"{path} is left out: {e.Message}");
        }

        _waiting.Remove(path);
        _known.Add(path);
    }

    /// <summary>Watches for new names; null if the user's inotify watches are used up, which adds a delay of up to a tenth of a second.</summary>
    private FileSystemWatcher? Names(string folder)
    {
        try
        {
            var names = new FileSystemWatcher(folder) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName };
            names.Created += (_, _) => _wake.Set();
            names.EnableRaisingEvents = true;
            return names;
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return null;
        }
    }
}
