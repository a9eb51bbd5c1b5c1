using NetMon.Storage;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>The capture directory as seen in the file system, scanned at most every ten seconds.</summary>
internal sealed class CaptureMetrics : IMetricGroup
{
    private const long LookEveryMilliseconds = 10_000;

    /// <summary>The maximum number of files scanned; more than retention leaves. Beyond it the values are too low, and netmon_capture_scan_complete is 0.</summary>
    private const int MostFiles = 200_000;

    private static readonly (RemovalReason Reason, string Text)[] Reasons =
        [(RemovalReason.RetainFor, "retain_for"), (RemovalReason.RetainBytes, "retain_bytes"), (RemovalReason.KeepFree, "keep_free"), (RemovalReason.RetainRollups, "retain_rollups")];

    private static readonly string[] Tiers = [CapturePaths.Hot, CapturePaths.Events, CapturePaths.Loss, CapturePaths.Rollup, CapturePaths.Owners];
    private static readonly EnumerationOptions Inside = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
    private readonly string _directory;
    private readonly FreeDisk _keepFree;
    private readonly CaptureSink _sink;
    private readonly Gauge _bytes;
    private readonly Gauge _files;
    private readonly Gauge _free;
    private readonly Gauge _size;
    private readonly Gauge _floor;
    private readonly Gauge _sealed;
    private readonly Gauge _oldest;
    private readonly Gauge _complete;
    private readonly Counter _removedFiles;
    private readonly Counter _removedBytes;
    private readonly Counter _ownersLeftOut;
    private long _nextLook;

    public CaptureMetrics(MetricFactory factory, string directory, FreeDisk keepFree, CaptureSink sink)
    {
        (_directory, _keepFree, _sink) = (directory, keepFree, sink);
        _bytes = factory.CreateGauge("netmon_capture_bytes", "Bytes of the files in the capture directory, by tier: hot (not sealed yet), events (sealed), loss, rollup (hourly sums), owners (who had which address).", "tier");
        _files = factory.CreateGauge("netmon_capture_files", "Files in the capture directory, by tier.", "tier");
        _free = factory.CreateGauge("netmon_capture_free_bytes", "Free bytes of the capture directory's file system that this user can use.");
        _size = factory.CreateGauge("netmon_capture_size_bytes", "Size of the capture directory's file system.");
        _floor = factory.CreateGauge("netmon_capture_keep_free_bytes", "Free bytes that --keep-free reserves. Slightly above it the oldest hours are removed; below it storage pauses.");
        _sealed = factory.CreateGauge("netmon_capture_last_sealed_timestamp_seconds", "When the newest sealed file was written, Unix seconds; 0 if no file is sealed.");
        _oldest = factory.CreateGauge("netmon_capture_oldest_hot_timestamp_seconds", "Oldest modification time of the files in hot/, Unix seconds; 0 if hot/ is empty.");
        _complete = factory.CreateGauge("netmon_capture_scan_complete", "1 if the whole directory was read; 0 if it can't be read or has too many files, so that the other figures are out of date or too small.");
        _removedFiles = factory.CreateCounter("netmon_capture_removed_files_total", "Files removed to keep the capture within a limit, by the option that sets the limit.", "reason");
        _removedBytes = factory.CreateCounter("netmon_capture_removed_bytes_total", "Bytes of the removed files, by the option that sets the limit.", "reason");
        _ownersLeftOut = factory.CreateCounter("netmon_capture_owners_left_out_total", "Address ranges missing from the owner files, because there were too many at once.");
    }

    public void Update()
    {
        foreach (var (reason, text) in Reasons)
        {
            _removedFiles.WithLabels(text).IncTo(_sink.Removals.Files(reason));
            _removedBytes.WithLabels(text).IncTo(_sink.Removals.Bytes(reason));
        }

        _ownersLeftOut.IncTo(_sink.OwnersLeftOut);
        var now = Environment.TickCount64;
        if (now >= _nextLook)
        {
            _nextLook = now + LookEveryMilliseconds;
            try
            {
                Look();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                _complete.Set(0); // the sink logs what is wrong with the directory
            }
        }
    }

    private void Look()
    {
        var disk = new DriveInfo(_directory);
        _free.Set(disk.AvailableFreeSpace);
        _size.Set(disk.TotalSize);
        _floor.Set(_keepFree.Of(disk.TotalSize));
        var complete = true;
        foreach (var tier in Tiers)
        {
            var (bytes, files, first, last) = (0L, 0, long.MaxValue, 0L);
            foreach (var file in Files(Path.Combine(_directory, tier)))
            {
                if (files == MostFiles)
                {
                    complete = false;
                    break;
                }

                var written = new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeSeconds();
                (bytes, files) = (bytes + file.Length, files + 1);
                (first, last) = (CapturePaths.IsSeen(file.Name) ? first : Math.Min(first, written), Math.Max(last, written));
            }

            _bytes.WithLabels(tier).Set(bytes);
            _files.WithLabels(tier).Set(files);
            if (tier == CapturePaths.Hot)
            {
                _oldest.Set(first == long.MaxValue ? 0 : first);
            }
            else if (tier == CapturePaths.Events)
            {
                _sealed.Set(last);
            }
        }

        _complete.Set(complete ? 1 : 0);
    }

    /// <summary>Lists the files; skips files that are removed during the scan.</summary>
    private static IEnumerable<FileInfo> Files(string folder) =>
        Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", Inside).Where(file => file.Exists) : [];
}
