using NetMon.Events;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Loss;

/// <summary>
/// Notes down what was lost and when: looks at the loss counters from time to time, takes what other stages tell, and
/// hands each hour's rows on to be sealed when it is over. Any thread.
/// </summary>
internal sealed class LossJournal(
    CaptureDirectory capture, CaptureSinkOptions options, FailureLog failures, HotSync sync, Action<Hour, IReadOnlyList<string>> seal)
{
    private const int MostUnwritten = 4000;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Stage, string Reason), long> _known = [];
    private readonly LossShares _shares = new();
    private readonly Queue<LossRow> _unwritten = new();
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

            _now = Math.Max(_now, watermark);
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

    /// <summary>Something is lost that no counter has; <paramref name="count"/> is null where nobody knows how much.</summary>
    public void Add(long from, long to, string stage, string reason, long? count)
    {
        lock (_gate)
        {
            Append(new LossRow(from, to, stage, reason, count));
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
        if (_unwritten.Count == MostUnwritten)
        {
            _unwritten.Dequeue();
        }

        _unwritten.Enqueue(row);
        WriteOut();
    }

    private void WriteOut()
    {
        try
        {
            while (_unwritten.TryPeek(out var row))
            {
                var hour = Hour.Of(row.To);
                if (_file is { } file && (file.Hour != hour || file.IsFull || !capture.Root.Has(file.Path)))
                {
                    HandOn();
                }

                if (_file is null)
                {
                    _file = new LossFile(capture, hour);
                    _paths.Add(_file.Path);
                }

                _file.Append(row);
                sync.Written(_file);
                _unwritten.Dequeue();
            }
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            failures.Failed(failure, rowsLost: 0); // the rows wait; the next look tries again
        }
    }

    private void HandOn()
    {
        if (_file is { } file)
        {
            sync.Ended(file);
            seal(file.Hour, [.. _paths]);
            _paths.Clear();
            _file = null;
        }
    }
}
