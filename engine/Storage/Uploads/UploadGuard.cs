using System.Globalization;
using NetMon.Foundation.Logging;

namespace NetMon.Storage.Uploads;

/// <summary>
/// Limits retention to uploaded files when sealed files are archived. So if the bucket is unavailable for long, the capture grows beyond
/// its limits, up to --keep-free; this is logged. Not thread-safe, except for <see cref="Backlog"/>.
/// </summary>
internal sealed class UploadGuard(CaptureDirectory capture, UploadTarget target, Logger log)
{
    private const long SayEveryMilliseconds = 6 * 3_600_000;
    private readonly Lock _gate = new();
    private UploadBacklog _backlog;
    private HashSet<Hour> _held = [];
    private bool _said;
    private long _nextSay;

    /// <summary>The files not uploaded as of the last retention pass. Thread-safe.</summary>
    public UploadBacklog Backlog
    {
        get
        {
            lock (_gate)
            {
                return _backlog;
            }
        }
    }

    /// <summary>Begins a retention pass.</summary>
    public void Begin() => _held = [];

    /// <summary>
    /// Whether an hour's events may be removed: none are in hot/, and each sealed file and its roll-up, with the key that follows from that of
    /// the events, is uploaded. Otherwise counts the hour as held.
    /// </summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    public bool MayRemove(Hour hour)
    {
        var may = !capture.Root.FileNames(CapturePaths.HotFolder(hour)).Any(IsUnsealed) && AllArchived(CapturePaths.EventsFolder(hour)) && AllArchived(CapturePaths.RollupFolder(hour));
        if (!may)
        {
            _held.Add(hour);
        }

        return may;
    }

    /// <summary>Whether each sealed file in a folder is uploaded.</summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    public bool AllArchived(string folder) => !Waiting(folder).Any();

    /// <summary>Ends the pass: counts the files not uploaded, and logs which hours had to be kept.</summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    public void End(IEnumerable<string> folders)
    {
        var (files, bytes) = (0L, 0L);
        foreach (var file in folders.SelectMany(Waiting))
        {
            (files, bytes) = (files + 1, bytes + file);
        }

        lock (_gate)
        {
            _backlog = new UploadBacklog(files, bytes, _held.Count);
        }

        Say();
    }

    private static bool IsUnsealed(string name) =>
        CapturePaths.IsSegment(name) || CapturePaths.IsLossJournal(name);

    private void Say()
    {
        var now = Environment.TickCount64;
        if (_held.Count > 0 && (!_said || now >= _nextSay))
        {
            log.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"{_held.Count} hours are kept beyond the limits (--retain-for, --retain-bytes, --keep-free): they are not in {target} yet, and with --archive only uploaded hours are removed ({_backlog.Files} files, {_backlog.Bytes} bytes wait). The capture grows until storage pauses at --keep-free. The log lines of the component uploader say why uploading fails."));
            (_said, _nextSay) = (true, now + SayEveryMilliseconds);
        }
        else if (_held.Count == 0 && _said)
        {
            log.Info($"all hours beyond the limits are in {target} and removed here.");
            _said = false;
        }
    }

    private IEnumerable<long> Waiting(string folder) => capture.Root.Files(folder)
        .Where(file => CapturePaths.IsSealed(file.Name) && !UploadMark.Is(capture.Root, $"{folder}/{file.Name}", file.Bytes, target))
        .Select(file => file.Bytes);
}
