using System.Globalization;
using System.Text;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Storage.Cold;
using NetMon.Storage.Hot;
using NetMon.Storage.Loss;
using NetMon.Storage.Uploads;

namespace NetMon.Storage;

/// <summary>
/// Keeps events in tiers: at once in Arrow segments in hot/; each full segment becomes a piece, a Parquet file beside it; the pieces of
/// an hour become one Parquet file under events/ when it is over. What was lost is kept beside them, in loss/. <c>schemas/</c> has
/// the formats. Events count as delivered when they are in a segment: from there on they are not lost, only sealed sooner or later.
/// </summary>
public sealed class CaptureSink : IEventSink
{
    /// <summary>The stage in loss counters, loss files and metrics.</summary>
    public const string Stage = "parquet";

    private readonly CaptureSinkOptions _options;
    private readonly CaptureDirectory _capture;
    private readonly HotSync _sync;
    private readonly HotTier _hot;
    private readonly SealWorker _sealer;
    private readonly LossJournal _losses;
    private readonly DiskFloor _floor;
    private readonly FailureLog _sealFailures;
    private readonly UploadGuard? _archive;
    private long _watermark;

    /// <summary>Opens the capture directory, locks it, and takes over what earlier runs of this node left in hot/.</summary>
    /// <param name="options">Where to write, and what to say about it.</param>
    /// <param name="counters">Counts what is delivered and what failed; offered is the caller's to count.</param>
    /// <param name="log">For the operator, used on any thread: failures, when they start and when they end.</param>
    /// <exception cref="CaptureDirectoryException">The directory can't be used.</exception>
    public CaptureSink(CaptureSinkOptions options, SinkCounters counters, Logger log)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RowGroupRows, 1);
        (_options, Counters) = (options, counters);
        var directory = OpenDirectory(options, out _capture);
        var failures = new FailureLog(log, $"write to {directory}");
        _sealFailures = new FailureLog(log, $"sealing an hour of {directory} (its events stay in hot/ until that works)");
        _floor = new DiskFloor(directory, options.KeepFree, log);
        _sync = new HotSync(_capture, options.DurableWithin / 2, failure => failures.Failed(failure, rowsLost: 0));
        _losses = new LossJournal(_capture, options, failures, _sync, (hour, paths) => Seal(new SealJob(SealKind.Losses, hour, paths)));
        _hot = new HotTier(_capture, options, counters, failures, _sync, Seal);
        var damage = new HotDamageLog(log, (from, to, reason, rows) => _losses.Add(from, to, counters.Name, reason, rows));
        var rollups = new Rollups.Rollups(_capture, options, new FailureLog(log, $"summing up events of {directory} (questions are answered from the events themselves until that works)"));
        var pieces = new PieceSealer(_capture, options, new SegmentIndex(_capture, damage));
        var hours = new HourSealer(_capture, options, pieces, rollups, damage);
        var losses = new LossSealer(_capture, options, log);
        _archive = options.Archive is { } target ? new UploadGuard(_capture, target, log) : null;
        var retention = new Retention(_capture, options, _archive, log);
        _sealer = new SealWorker(
            job => Seal(job, pieces, hours, losses, rollups),
            waiting => Retain(retention, waiting),
            () =>
            {
                rollups.Forget();
                pieces.Forget();
            },
            _sealFailures);
        TakeOver(options, rollups, log);
        _sealer.Start();
    }

    /// <inheritdoc/>
    public SinkCounters Counters { get; }

    /// <inheritdoc/>
    public long Pending => _hot.PendingRows;

    /// <summary>Sealed files that are not in the bucket yet, as of a minute ago at the most; zero where nothing is archived. Any thread.</summary>
    public UploadBacklog UploadBacklog => _archive?.Backlog ?? default;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<ConnectionEvent> events)
    {
        if (_floor.IsBelow())
        {
            Counters.AddPaused(events.Length);
        }
        else
        {
            _hot.Write(events);
        }
    }

    /// <inheritdoc/>
    public void Advance(long watermarkUnixNanoseconds)
    {
        Volatile.Write(ref _watermark, watermarkUnixNanoseconds);
        _hot.Advance(watermarkUnixNanoseconds);
        _losses.Advance(watermarkUnixNanoseconds);
    }

    /// <inheritdoc/>
    public void Close()
    {
        _hot.Close();
        _losses.Close();
        _sealer.Stop();
        _sync.Stop();
        _capture.Dispose();
    }

    /// <summary>As a kill would: leaves everything where it is, without the lock. For tests.</summary>
    internal void Abandon()
    {
        _sealer.Abandon();
        _sync.Abandon();
        _capture.Dispose();
    }

    private static string OpenDirectory(CaptureSinkOptions options, out CaptureDirectory capture)
    {
        try
        {
            var directory = Path.GetFullPath(options.CaptureDirectory);
            capture = new CaptureDirectory(directory, options.Node);
            return directory;
        }
        catch (Exception failure) when (DiskFailure.Is(failure) || failure is ArgumentException)
        {
            throw new CaptureDirectoryException(
                $"can't keep events in {options.CaptureDirectory}: {failure.Message} Give a directory that this user may write to, on a file system that is mounted read-write and has free space (--capture DIR).",
                failure);
        }
    }

    /// <summary>What earlier runs left: files that were being made go, segments are sealed with their hours.</summary>
    private void TakeOver(CaptureSinkOptions options, Rollups.Rollups rollups, Logger log)
    {
        try
        {
            foreach (var (path, _) in _capture.FindPartials().ToArray())
            {
                _capture.Root.Delete(path);
            }

            var left = new LeftInHot(_capture);
            left.RemoveSealed();
            rollups.TakeOver(left.Interrupted);
            foreach (var hour in rollups.Unfinished)
            {
                Seal(new SealJob(SealKind.Piece, hour, []));
            }

            foreach (var hour in left.Hours)
            {
                var isEnough = left.SegmentBytesOf(hour) >= options.RowGroupRows * HotFormat.Current.RowBytes;
                _hot.Adopt(hour, isEnough ? [] : left.SegmentsOf(hour));
                if (isEnough)
                {
                    Seal(new SealJob(SealKind.Piece, hour, left.SegmentsOf(hour)));
                }
            }

            foreach (var losses in _capture.FindHot(CapturePaths.LossExtension).GroupBy(file => file.Hour, file => file.Path))
            {
                Seal(new SealJob(SealKind.Losses, losses.Key, [.. losses]));
            }

            if (left.Files > 0)
            {
                log.Info(string.Create(
                    CultureInfo.InvariantCulture,
                    $"an earlier run left {left.Files} files with events in {options.CaptureDirectory}/hot: they are sealed with their hours."));
            }

            NoteDownTime();
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            Abandon();
            throw new CaptureDirectoryException(
                $"can't read what an earlier run left in {options.CaptureDirectory}: {failure.Message} Check that this user may read and write everything in it.", failure);
        }
    }

    /// <summary>Since when no events were kept, by what the last run noted down.</summary>
    private void NoteDownTime()
    {
        using var seen = _capture.Root.TryOpen(_capture.SeenPath, writable: false);
        if (seen is not null)
        {
            var bytes = new byte[64];
            var fields = Encoding.ASCII.GetString(bytes, 0, RandomAccess.Read(seen, bytes, 0)).Split(' ', '\n');
            if (fields.Length > 1 && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var moment))
            {
                _losses.DownSince(moment, fields[1] == "stopped" ? "stopped" : "down");
            }
        }
    }

    private void Seal(SealJob job) => _sealer.Add(job);

    private static void Seal(SealJob job, PieceSealer pieces, HourSealer hours, LossSealer losses, Rollups.Rollups rollups)
    {
        switch (job.Kind)
        {
            case SealKind.Piece:
                pieces.Seal(job.Hour, job.Paths);
                rollups.SumUp(job.Hour);
                break;
            case SealKind.Hour:
                hours.Seal(job.Hour, job.Paths);
                break;
            default:
                losses.Seal(job);
                break;
        }
    }

    private void Retain(Retention retention, IReadOnlyCollection<Hour> waiting)
    {
        try
        {
            if (Volatile.Read(ref _watermark) is var now and not 0)
            {
                retention.Run(now, [.. waiting, .. _hot.OpenHours]);
            }
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            _sealFailures.Failed(failure, rowsLost: 0);
        }
    }
}
