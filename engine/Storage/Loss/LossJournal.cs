using NetMon.Events;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Loss;

/// <summary>
/// Notes down what was lost and when: looks at the loss counters from time to time, takes what other stages tell, and
/// hands each hour's rows on to be sealed when it is over. Rows that can't be written wait; <see cref="Unwritten"/> has them. Any thread.
/// </summary>
internal sealed class LossJournal(
    CaptureDirectory capture, CaptureSinkOptions options, SinkCounters counters, FailureLog failures, HotSync sync, Action<Hour, IReadOnlyList<string>> seal)
{
    /// <summary>The clock was set back if the stream's time is earlier by more than that: then what comes is of the time that it says.</summary>
    private const long SetBackNanoseconds = 600_000_000_000;

    private const int MostUnwritten = 4000;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Stage, string Reason), long> _known = [];
    private readonly LossShares _shares = new();
    private readonly List<LossRow> _inFile = []; // as long as it is not handed on: somebody may remove it
    private List<LossRow> _unwritten = [];
    private readonly List<string> _paths = [];
    private LossFile? _file;
    private long _lookedAt;
    private long _now;
    private long _nextLook;
    private long? _downSince;
    private string _downReason = "";

    /// <summary>The agent was not there from this moment until the first <see cref="Advance"/>.</summary>
    public void DownSince(long unixNanoseconds, string reason) => (_downSince, _downReason) = (unixNanoseconds, reason);

    /// <summary>The event stream has come to this moment; looks at the counters if it is time to.</summary>
    public void Advance(long watermark)
    {
        lock (_gate)
        {
            if (_now == 0)
            {
                _now = watermark; // a source's first watermark says that no event is older, not what time it is
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

    /// <summary>Rows that could not be written so far.</summary>
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

    /// <summary>Events that were delivered are lost: counts them, too. <paramref name="count"/> is null where nobody knows how many.</summary>
    public void Add(long from, long to, string reason, long? count)
    {
        lock (_gate)
        {
            // Under the lock, so that the next look does not take them for the counter's growth.
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

    /// <summary>Looks once more and hands everything on.</summary>
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
            failures.Failed(failure, rowsLost: 0); // the rows wait; the next look tries again
        }

        _unwritten.RemoveRange(0, written);
    }

    /// <summary>Somebody has removed the file, or what it was in: its rows are written again.</summary>
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
