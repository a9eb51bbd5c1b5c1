using NetMon.Events;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Loss;

/// <summary>
/// Records what was lost and when: polls the loss counters, accepts losses that other stages report, and passes each hour's rows on for
/// sealing when the hour is over. Rows that can't be written are kept in <see cref="Unwritten"/>. Thread-safe.
/// </summary>
internal sealed class LossJournal(
    CaptureDirectory capture, CaptureSinkOptions options, SinkCounters counters, FailureLog failures, HotSync sync, Action<Hour, IReadOnlyList<string>> seal)
{
    /// <summary>If the stream's time goes back by more than this, the clock was set back, and later rows use the new time.</summary>
    private const long SetBackNanoseconds = 600_000_000_000;

    private const int MostUnwritten = 4000;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Stage, string Reason), long> _known = [];
    private readonly LossShares _shares = new();
    private readonly List<LossRow> _inFile = []; // kept until the file is passed on, as another program may remove the file
    private List<LossRow> _unwritten = [];
    private readonly List<string> _paths = [];
    private LossFile? _file;
    private long _lookedAt;
    private long _now;
    private long _nextLook;
    private long? _downSince;
    private string _downReason = "";

    /// <summary>Records that no agent ran from this time until the first <see cref="Advance"/>.</summary>
    public void DownSince(long unixNanoseconds, string reason) => (_downSince, _downReason) = (unixNanoseconds, reason);

    /// <summary>Advances the time of the event stream; polls the counters when due.</summary>
    public void Advance(long watermark)
    {
        lock (_gate)
        {
            if (_now == 0)
            {
                _now = watermark; // a source's first watermark is only a lower bound of event times, not the current time
                return;
            }

            if (_lookedAt == 0)
            {
                _lookedAt = watermark;
                AddDown(watermark);
            }

            _now = watermark < _now - SetBackNanoseconds ? watermark : Math.Max(_now, watermark);
            _lookedAt = Math.Min(_lookedAt, _now);
            var now = Environment.TickCount64;
            if (now >= _nextLook)
            {
                _nextLook = now + (long)options.LossInterval.TotalMilliseconds;
                Look();
            }

            if (_file is { } file && watermark >= file.Hour.End + options.ClockLateness.Ticks * TimeSpan.NanosecondsPerTick)
            {
                HandOn();
            }
        }
    }

    /// <summary>Rows that could not be written yet.</summary>
    public IReadOnlyList<LossRow> Unwritten
    {
        get
        {
            lock (_gate)
            {
                return _unwritten.Count == 0 ? [] : [.. _unwritten];
            }
        }
    }

    /// <summary>Records and counts the loss of delivered events. <paramref name="count"/> is null if unknown.</summary>
    public void Add(long from, long to, string reason, long? count)
    {
        lock (_gate)
        {
            // Under the lock, so that the next poll does not count them again as growth of the counter.
            counters.AddLostLater(reason, count ?? 0);
            _known[(counters.Name, reason)] = _known.GetValueOrDefault((counters.Name, reason)) + (count ?? 0);
            Append(new LossRow(from, to, counters.Name, reason, count));
        }
    }

    /// <summary>Takes over rows that an earlier run could not write.</summary>
    public void Add(IReadOnlyList<LossRow> rows)
    {
        lock (_gate)
        {
            _unwritten.AddRange(rows);
            WriteOut();
        }
    }

    /// <summary>Polls once more and passes everything on.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_lookedAt != 0)
            {
                Look();
            }

            HandOn();
        }
    }

    private void AddDown(long watermark)
    {
        if (_downSince is { } since && since < watermark)
        {
            Append(new LossRow(since, watermark, "agent", _downReason, null));
        }

        _downSince = null;
    }

    private void Look()
    {
        IReadOnlyList<CgroupLoss>? cgroups = null;
        foreach (var (stage, reason, total) in options.LossTotals?.Invoke() ?? [])
        {
            var before = _known.GetValueOrDefault((stage, reason));
            if (total > before)
            {
                cgroups ??= options.LossCgroups?.Invoke() ?? [];
                AppendGrowth(stage, reason, total - before, cgroups);
                _known[(stage, reason)] = total;
            }
        }

        WriteOut();
        _lookedAt = _now;
    }

    private void AppendGrowth(string stage, string reason, long growth, IReadOnlyList<CgroupLoss> cgroups)
    {
        foreach (var (cgroup, count) in _shares.Of(stage, reason, growth, cgroups))
        {
            Append(new LossRow(_lookedAt, _now, stage, reason, count, LossCgroup.Of(cgroup, options.ContainerOf?.Invoke(cgroup))));
            growth -= count;
        }

        if (growth > 0)
        {
            Append(new LossRow(_lookedAt, _now, stage, reason, growth));
        }
    }

    private void Append(in LossRow row)
    {
        if (_unwritten.Count >= MostUnwritten)
        {
            _unwritten = LossRow.AddUp(_unwritten);
        }

        if (_unwritten.Count >= MostUnwritten)
        {
            _unwritten = LossRow.AddUp(_unwritten.Select(waiting => waiting with { Cgroup = null }));
        }

        _unwritten.Add(row);
        WriteOut();
    }

    private void WriteOut()
    {
        var written = 0;
        try
        {
            TakeBackRemoved();
            for (; written < _unwritten.Count; written++)
            {
                var row = _unwritten[written];
                var hour = Hour.Of(row.To);
                if (_file is { } file && (file.Hour != hour || file.IsFull))
                {
                    HandOn();
                }

                if (_file is null)
                {
                    _file = new LossFile(capture, hour);
                    _paths.Add(_file.Path);
                }

                _file.Append(row);
                _inFile.Add(row);
                sync.Written(_file);
            }

            failures.Succeeded();
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            failures.Failed(failure, rowsLost: 0); // the rows are kept; the next poll retries
        }

        _unwritten.RemoveRange(0, written);
    }

    /// <summary>If another program removed the file or its directory, queues its rows to be written again.</summary>
    private void TakeBackRemoved()
    {
        if (_file is not { } file || (_unwritten.Count == 0 && !file.IsElsewhere))
        {
            return;
        }

        if (capture.Root.Has(file.Path))
        {
            if (file.IsElsewhere)
            {
                HandOn();
            }
        }
        else
        {
            _paths.Remove(file.Path);
            _unwritten.InsertRange(0, _inFile);
            _inFile.Clear();
            sync.Ended(file);
            _file = null;
        }
    }

    private void HandOn()
    {
        if (_file is { } file)
        {
            sync.Ended(file);
            seal(file.Hour, [.. _paths]);
            _paths.Clear();
            _inFile.Clear();
            _file = null;
        }
    }
}
