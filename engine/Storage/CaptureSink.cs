using System.Globalization;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Storage.Cold;
using NetMon.Storage.Hot;
using NetMon.Storage.Loss;
using NetMon.Storage.Owners;
using NetMon.Storage.Uploads;

namespace NetMon.Storage;

/// <summary>
/// Stores events in tiers. Rows are appended to Arrow segments in hot/; each full segment becomes a piece, a Parquet file beside it;
/// when an hour is over, its pieces become one Parquet file under events/. Losses are recorded in loss/. <c>schemas/</c> documents the
/// formats. Events count as delivered once they are in a segment; sealing may be delayed but does not lose them.
/// </summary>
public sealed class CaptureSink : IEventSink
{
    /// <summary>The name of this stage in loss counters, loss files and metrics.</summary>
    public const string Stage = "parquet";

    /// <summary>Reasons for losing events that already count as delivered.</summary>
    public static readonly IReadOnlyList<string> LaterLosses = ["damaged", "torn_tail", "removed"];

    private readonly CaptureSinkOptions _options;
    private readonly Logger _log;
    private readonly CaptureDirectory _capture;
    private readonly HotSync _sync;
    private readonly HotTier _hot;
    private readonly SealWorker _sealer;
    private readonly LossJournal _losses;
    private readonly OwnerJournal _owners;
    private readonly DiskFloor _floor;
    private readonly UploadGuard? _archive;
    private readonly ThreadProgress _sealing;
    private readonly StallWatch[] _stalls;
    private long _watermark;

    /// <summary>Opens and locks the capture directory, and takes over what earlier runs of this node left in hot/.</summary>
    /// <param name="options">Where to write, and the metadata of the files.</param>
    /// <param name="counters">Counts delivered and failed events, and those lost after delivery (<see cref="LaterLosses"/>). The caller counts offered events.</param>
    /// <param name="log">For the operator; used on any thread. Logs when a failure starts and when it ends.</param>
    /// <exception cref="CaptureDirectoryException">The directory can't be used.</exception>
    public CaptureSink(CaptureSinkOptions options, SinkCounters counters, Logger log)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RowGroupRows, 1);
        _sealing = new ThreadProgress(options.StopPatience);
        (_options, _log, Counters) = (options with { Working = _sealing.Step }, log, counters);
        options = _options;
        var directory = OpenDirectory(options, out _capture);
        FailureLog LogOf(string part, string what) => new(log, what, options.Faults.Of($"storage.{part}"));
        _capture.Moved = () => log.Warn($"{directory} is now another directory: a file system was mounted or unmounted there. New events go to it.");
        var written = new WrittenFiles();
        var seen = new SeenFile(_capture);
        var sealFailures = LogOf("seal", $"sealing an hour of {directory} (its events stay in hot/ until this works)");
        _sync = new HotSync(_capture, options.DurableWithin / 2, options.StopPatience, seen, LogOf("sync", $"making files in {directory} durable"), () => _losses!.Unwritten);
        _losses = new LossJournal(
            _capture, options, counters, LogOf("loss", $"recording losses in {directory}"), _sync, (hour, paths) => Seal(new SealJob(SealKind.Losses, hour, paths)));
        _floor = new DiskFloor(_capture, options.KeepFree, log) { Low = () => _sealer!.LookAround() };
        var ownerFailures = LogOf("owners", $"writing address owners to {directory}");
        _owners = new OwnerJournal(_capture, options, _floor, ownerFailures, Seal);
        var damage = new HotDamageLog(log, _losses.Add);
        _hot = new HotTier(_capture, options, counters, LogOf("write", $"write to {directory}"), _sync, written, damage.Removed, Seal);
        var rollups = new Rollups.Rollups(_capture, options, LogOf("rollup", $"rolling up events of {directory} (queries read the events themselves until this works)"));
        var pieces = new PieceSealer(_capture, options, new SegmentIndex(_capture, damage, written), written, rollups, why => sealFailures.Failed(why, rowsLost: 0));
        var hours = new HourSealer(_capture, options, pieces, rollups, damage, written, _floor);
        var losses = new LossSealer(_capture, options, log);
        _archive = options.Archive is { } target ? new UploadGuard(_capture, target, log) : null;
        var retention = new Retention(_capture, options, _archive, _floor, new Remover(_capture, written, Removals), log);
        _sealer = new SealWorker(
            job => Seal(job, pieces, hours, losses, rollups, _owners),
            waiting => retention.Run(Volatile.Read(ref _watermark), () => [.. waiting(), .. _hot.OpenHours]),
            options.RetainEvery,
            () =>
            {
                rollups.Forget();
                pieces.Forget();
            },
            sealFailures,
            LogOf("retention", $"removing old hours from {directory}"),
            _sealing);
        _stalls =
        [
            new StallWatch("sealing", () => _sealing.StandsFor, options.Faults.Of("storage.seal"), log),
            new StallWatch("making files durable", () => _sync.StandsFor, options.Faults.Of("storage.sync"), log),
        ];
        TakeOver(new Takeover(_capture, options, _hot, _losses, rollups, seen, sealFailures, Seal, log));
        var earlier = new OwnerTakeover(_capture, options, ownerFailures);
        earlier.Run();
        _owners.Continue(earlier);
        _sealer.Start();
    }

    /// <inheritdoc/>
    public SinkCounters Counters { get; }

    /// <summary>What retention has removed. Thread-safe.</summary>
    public RemovalCounters Removals { get; } = new();

    /// <inheritdoc/>
    public long Pending => _hot.PendingRows;

    /// <summary>Sealed files that are not uploaded yet, at most a minute old; zero if no archive is configured. Thread-safe.</summary>
    public UploadBacklog UploadBacklog => _archive?.Backlog ?? default;

    /// <summary>Address ranges that were left out of the files because there were too many. Thread-safe.</summary>
    public long OwnersLeftOut => _owners.LeftOut;

    /// <summary>Records that an owner has acquired or released an address. Thread-safe; never blocks.</summary>
    public void TakeOwner(AddressOwner owner) => _owners.Take(owner);

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
        _owners.Advance(watermarkUnixNanoseconds);
        Array.ForEach(_stalls, stall => stall.Look());
    }

    /// <inheritdoc/>
    public void Close()
    {
        _hot.Close();
        _options.AwaitOthers?.Invoke();
        _losses.Close();
        _owners.Close();
        var hasSealed = _sealer.Stop();
        if (_sync.Stop() && hasSealed)
        {
            _capture.Dispose();
        }
        else
        {
            // The threads end with the process, which holds the lock until then.
            _log.Error(string.Create(
                CultureInfo.InvariantCulture,
                $"gave up after {_options.StopPatience.TotalSeconds:0} s without progress: the disk of {_options.CaptureDirectory} does not respond. The files in hot/ are sealed at the next start."));
        }
    }

    /// <summary>Simulates a kill: leaves all files as they are and releases the lock. For tests.</summary>
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
                $"can't store events in {options.CaptureDirectory}: {failure.Message} Use a directory that this user can write to, on a file system that is mounted read-write and has free space (--capture DIR).",
                failure);
        }
    }

    private void TakeOver(Takeover takeover)
    {
        try
        {
            takeover.Run();
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            Abandon();
            throw new CaptureDirectoryException(
                $"can't read the files of an earlier run in {_options.CaptureDirectory}: {failure.Message} Check that this user can read and write everything in it.", failure);
        }
    }

    private void Seal(SealJob job) => _sealer.Add(job);

    private static void Seal(SealJob job, PieceSealer pieces, HourSealer hours, LossSealer losses, Rollups.Rollups rollups, OwnerJournal owners)
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
            case SealKind.Owners:
                owners.Write(job.Hour);
                break;
            default:
                losses.Seal(job);
                break;
        }
    }
}
