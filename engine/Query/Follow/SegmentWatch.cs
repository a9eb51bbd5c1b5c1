using NetMon.Foundation.Logging;
using NetMon.Storage;
using NetMon.Storage.Hot;

namespace NetMon.Query.Follow;

/// <summary>
/// Opens each segment in hot/ soon after it is made, on a thread of its own: a full one becomes a piece and is removed, and what is
/// open stays readable. It looks when the kernel reports a new name, and ten times a second besides. It holds no more than
/// <see cref="MostOpen"/> segments open for a reader that is behind, because they keep their room on the disk; what was removed
/// before it could be opened is counted.
/// </summary>
internal sealed class SegmentWatch : IDisposable
{
    /// <summary>About a GiB of disk.</summary>
    public const int MostOpen = 64;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly WatchedFolder _hot;
    private readonly Logger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FollowedSegment> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly Queue<FollowedSegment> _opened = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly FileSystemWatcher? _names;
    private readonly Thread _thread;
    private long _missed;
    private bool _stopped;
    private string? _lastWarning;

    /// <summary>Opens what is there, and begins to watch.</summary>
    /// <param name="directory">The capture directory.</param>
    /// <param name="log">Where it says what it can't open.</param>
    /// <exception cref="IOException">hot/ can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public SegmentWatch(string directory, Logger log)
    {
        (_hot, _log) = (new WatchedFolder(Path.Combine(directory, CapturePaths.Hot)), log);
        _names = Names(_hot.Path);
        Look();
        _missed = 0; // what became a piece under way was there before
        _thread = new Thread(Run) { Name = "netmon-watch", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Segments that were removed before they were opened, since the start. Any thread.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>The next segment that was opened since the last call, in their order; it is the caller's to give back. Null: none.</summary>
    public FollowedSegment? TryTake()
    {
        lock (_gate)
        {
            return _opened.TryDequeue(out var segment) ? segment : null;
        }
    }

    /// <summary>Takes a segment back that was read to its end, and closes it.</summary>
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

    /// <summary>Once for what stays as it is.</summary>
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

        if (changed || _waiting.Count > 0)
        {
            Compare();
        }
    }

    /// <summary>Opens what is new, and notes what is gone.</summary>
    private void Compare()
    {
        var there = _hot.Folders.SelectMany(date => date.Folders)
            .SelectMany(hour => hour.Files.Where(CapturePaths.IsSegment).Select(name => Path.Combine(hour.Path, name)))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var path in there.Where(path => !_known.Contains(path)).Order(StringComparer.Ordinal))
        {
            Open(path);
        }

        Interlocked.Add(ref _missed, _waiting.RemoveWhere(path => !there.Contains(path)));
        _known.IntersectWith(there); // no name comes twice
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

    /// <summary>The kernel's reports of new names; null where a user's watches are used up, which costs a tenth of a second.</summary>
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
