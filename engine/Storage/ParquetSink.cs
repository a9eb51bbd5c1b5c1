using NetMon.Events;
using NetMon.Storage.Columns;

namespace NetMon.Storage;

/// <summary>
/// Keeps events in Parquet files, one an hour and node, that appear whole under events/ when the hour is over.
/// <c>schemas/parquet.md</c> has the columns and the folders. Events count as delivered when their file is there.
/// </summary>
public sealed class ParquetSink : IEventSink
{
    private const long NanosecondsPerTick = 100;

    /// <summary>More than a clock that is set back and forth at the full hour needs; bounds memory.</summary>
    private const int MaxOpenHours = 4;

    /// <summary>A late row opens its sealed hour again for this long, so that the ones after it share the file.</summary>
    private static readonly TimeSpan LateHourStaysOpen = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly ParquetSinkOptions _options;
    private readonly CaptureLayout _layout;
    private readonly FailureLog _failures;
    private readonly SealQueue _seals;
    private readonly long _lateness;
    private readonly List<OpenHour> _open = [];
    private readonly Stack<RowGroupBuilder> _spareBuilders = new();
    private ReadOnlyMemory<char>[] _scratch = [];
    private OpenHour? _current;
    private int _gathered;
    private long _watermark = long.MinValue;
    private long _failedAt;
    private bool _retryLater;

    /// <summary>Opens the capture directory and clears what a killed run of this node left there.</summary>
    /// <param name="options">Where to write, and what to say about it.</param>
    /// <param name="counters">Counts what is delivered and what failed; offered is the caller's to count.</param>
    /// <param name="report">Takes a line for the operator: failures, when they start and when they end.</param>
    /// <exception cref="CaptureDirectoryException">The directory can't be used.</exception>
    public ParquetSink(ParquetSinkOptions options, SinkCounters counters, Action<string> report)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RowGroupRows, 1);
        _options = options;
        Counters = counters;
        _lateness = options.ClockLateness.Ticks * NanosecondsPerTick;
        try
        {
            _layout = new CaptureLayout(Path.GetFullPath(options.CaptureDirectory), options.Node, options.SyncFolder);
            _layout.Prepare();
            Leftovers.Clear(_layout, options.BootId, report);
        }
        catch (Exception failure) when (DiskFailure.Is(failure) || failure is ArgumentException)
        {
            throw new CaptureDirectoryException(
                $"can't keep events in {options.CaptureDirectory}: {failure.Message} Give a folder that this user may write to, on a file system that is mounted read-write and has space (--capture DIR).",
                failure);
        }

        _failures = new FailureLog(report, options.CaptureDirectory, TimeProvider.System);
        _seals = new SealQueue(file => FileMetadata.Of(file, _options), counters, _failures);
    }

    /// <inheritdoc/>
    public string Name => "parquet";

    /// <inheritdoc/>
    public SinkCounters Counters { get; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<ConnectionEvent> events)
    {
        foreach (ref readonly var connection in events)
        {
            if (_current is null || !_current.Hour.Contains(connection.UnixNanoseconds))
            {
                _current = Open(Hour.Of(connection.UnixNanoseconds));
            }

            _current.Rows.Add(in connection);
            if (++_gathered >= _options.RowGroupRows)
            {
                WriteOut(_open.MaxBy(hour => hour.Rows.Rows)!);
            }
        }
    }

    /// <inheritdoc/>
    public void Advance(long watermarkUnixNanoseconds)
    {
        _watermark = watermarkUnixNanoseconds;
        if (_retryLater && TimeProvider.System.GetElapsedTime(_failedAt) < RetryInterval)
        {
            return;
        }

        _retryLater = false;
        for (var index = _open.Count - 1; index >= 0; index--)
        {
            var hour = _open[index];
            if (watermarkUnixNanoseconds < hour.SealAfterUnixNanoseconds)
            {
                TryCommit(hour);
            }
            else if (TryStage(hour))
            {
                Shut(hour);
            }
        }

        TrySeal();
    }

    /// <inheritdoc/>
    public void Close()
    {
        while (_open.Count > 0)
        {
            WriteOut(_open[^1]);
            Shut(_open[^1]);
        }

        TrySeal();
        _seals.GiveUp();
    }

    private OpenHour Open(Hour hour)
    {
        if (_open.Find(open => open.Hour == hour) is { } known)
        {
            return known;
        }

        if (_open.Count == MaxOpenHours)
        {
            WriteOut(_open[0]);
            Shut(_open[0]);
            TrySeal();
        }

        var sealAfter = hour.End + _lateness;
        if (_watermark >= sealAfter)
        {
            var staysOpen = LateHourStaysOpen.Ticks * NanosecondsPerTick;
            sealAfter = _watermark > long.MaxValue - staysOpen ? long.MaxValue : _watermark + staysOpen;
        }

        var builder = _spareBuilders.TryPop(out var spare) ? spare : new RowGroupBuilder(_options.Node);
        var opened = new OpenHour(hour, builder, sealAfter);
        _open.Add(opened);
        return opened;
    }

    /// <summary>Takes an hour whose rows are all in its file, or given up, out of those that take rows.</summary>
    private void Shut(OpenHour hour)
    {
        _open.Remove(hour);
        _current = null;
        if (hour.File is { } file)
        {
            _seals.Add(file);
        }

        if (_spareBuilders.Count == 0)
        {
            _spareBuilders.Push(hour.Rows);
        }
    }

    /// <summary>Makes room: the hour's rows go to its file or are lost.</summary>
    private void WriteOut(OpenHour hour)
    {
        if (TryStage(hour))
        {
            TryCommit(hour);
            if (hour.File is { IsFull: true } full)
            {
                hour.File = null;
                _seals.Add(full);
                TrySeal();
            }
        }
        else
        {
            Counters.AddFailed(hour.Rows.Rows);
            _failures.Lost(hour.Rows.Rows);
            Clear(hour);
        }
    }

    /// <summary>Makes a row group of the hour's rows. Where it can't, they stay.</summary>
    private bool TryStage(OpenHour hour)
    {
        if (hour.Rows.Rows == 0)
        {
            return true;
        }

        if (!TryCommit(hour))
        {
            return false;
        }

        try
        {
            hour.File ??= HourFile.Create(_layout, hour.Hour);
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            Failed(failure);
            return false;
        }

        if (_scratch.Length < hour.Rows.Rows)
        {
            _scratch = new ReadOnlyMemory<char>[_options.RowGroupRows];
        }

        hour.File.Stage(hour.Rows, _scratch);
        Clear(hour);
        return true;
    }

    /// <summary>Writes what waits for the hour's file, if anything does; returns whether nothing waits any more.</summary>
    private bool TryCommit(OpenHour hour)
    {
        if (hour.File is not { IsStaged: true } file)
        {
            return true;
        }

        try
        {
            file.Commit();
            _failures.Succeeded();
            return true;
        }
        catch (FileLostException lost)
        {
            hour.File = null;
            _seals.GiveUp(file, lost);
            return true;
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            Failed(failure);
            return false;
        }
    }

    private void TrySeal()
    {
        if (!_seals.TrySeal())
        {
            RetryLater();
        }
    }

    private void Failed(Exception failure)
    {
        _failures.Failed(failure, rowsLost: 0);
        RetryLater();
    }

    private void RetryLater()
    {
        _retryLater = true;
        _failedAt = TimeProvider.System.GetTimestamp();
    }

    private void Clear(OpenHour hour)
    {
        _gathered -= hour.Rows.Rows;
        hour.Rows.Clear();
        Array.Clear(_scratch);
    }
}
