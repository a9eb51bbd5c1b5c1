using NetMon.Native;

namespace NetMon.Storage.Cold;

/// <summary>
/// Seals on a thread of its own, behind all other threads, one job after the other; what can't be sealed stays in hot/ and is tried
/// again. Between jobs it keeps the capture directory within its bounds. Nothing that a job or a look at the bounds throws ends it.
/// </summary>
internal sealed class SealWorker
{
    private const int Niceness = 10;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);
    /// <summary>What the program fails on is tried less and less often, up to this.</summary>
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    /// <summary>A node that fills a row group more often than that keeps the buffers for it.</summary>
    private static readonly TimeSpan BuffersStay = TimeSpan.FromMinutes(1);

    private readonly Action<SealJob> _seal;
    private readonly Action<Func<IEnumerable<Hour>>> _retain;
    private readonly TimeSpan _retainEvery;
    private readonly Action _forget;
    private readonly FailureLog _failures;
    private readonly FailureLog _retentionFailures;
    private readonly ThreadProgress _progress;
    private readonly SealBacklog _backlog = new();
    private readonly Thread _thread;
    private long _retainAt;
    private long _forgetAt = long.MaxValue;
    private bool _stopped;
    private bool _abandoned;

    /// <param name="seal">Does a job; throws what the disk throws.</param>
    /// <param name="retain">Removes what is too old or too much; given what says which hours wait here.</param>
    /// <param name="retainEvery">How often it calls <paramref name="retain"/>, when no hour is sealed meanwhile.</param>
    /// <param name="forget">Called when there has been nothing to do for a while: gives buffers back.</param>
    /// <param name="failures">Told why a job failed; it will be tried again.</param>
    /// <param name="retentionFailures">The same of <paramref name="retain"/>.</param>
    /// <param name="progress">Of this thread; who does the work steps it on.</param>
    public SealWorker(
        Action<SealJob> seal, Action<Func<IEnumerable<Hour>>> retain, TimeSpan retainEvery, Action forget, FailureLog failures, FailureLog retentionFailures, ThreadProgress progress)
    {
        (_seal, _retain, _retainEvery, _forget, _failures, _retentionFailures, _progress) = (seal, retain, retainEvery, forget, failures, retentionFailures, progress);
        _thread = new Thread(Run) { Name = "netmon-seal", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Takes a job; never waits.</summary>
    public void Add(SealJob job)
    {
        lock (_backlog)
        {
            if (_backlog.TryAdd(job))
            {
                Monitor.Pulse(_backlog);
                return;
            }
        }

        _failures.Failed(new IOException($"too many hours wait already; the files of {job.Hour} stay in hot/ until the next start"), rowsLost: 0);
    }

    /// <summary>Has the bounds looked at as soon as no job is at hand; never waits.</summary>
    public void LookAround()
    {
        lock (_backlog)
        {
            _retainAt = 0;
            Monitor.Pulse(_backlog);
        }
    }

    /// <summary>Tries every job once more and ends; false if the thread hangs and was left behind.</summary>
    public bool Stop() => End(abandon: false);

    /// <summary>As a kill would: ends after the job at hand and leaves the others.</summary>
    public void Abandon() => End(abandon: true);

    private bool End(bool abandon)
    {
        lock (_backlog)
        {
            _stopped = true;
            _abandoned |= abandon;
            Monitor.Pulse(_backlog);
        }

        return _progress.Join(_thread);
    }

    private void Run()
    {
        ThreadNiceness.Set(Niceness);
        while (TryTake(out var job))
        {
            _progress.Step();
            var hasSealed = job is not null && TryDo(job) && job is { Kind: SealKind.Hour or SealKind.Losses };
            var now = Environment.TickCount64;
            _forgetAt = job is null ? _forgetAt : now + (long)BuffersStay.TotalMilliseconds;
            LookAtBounds(now, hasSealed);
            if (now >= _forgetAt)
            {
                _forgetAt = long.MaxValue;
                _forget();
            }
        }

        _progress.Idle();
    }

    private Hour[] Waiting()
    {
        lock (_backlog)
        {
            return [.. _backlog.Hours];
        }
    }

    private void LookAtBounds(long now, bool anyway)
    {
        lock (_backlog)
        {
            if (!anyway && now < _retainAt)
            {
                return;
            }

            _retainAt = now + (long)_retainEvery.TotalMilliseconds;
        }

        try
        {
            _progress.Step();
            _retain(Waiting);
            _retentionFailures.Succeeded();
        }
        catch (Exception failure)
        {
            _retentionFailures.Failed(failure, rowsLost: 0);
        }
    }

    /// <summary>The next job, or null when it is time to look around; false at the end.</summary>
    private bool TryTake(out SealJob? job)
    {
        lock (_backlog)
        {
            while (true)
            {
                var now = Environment.TickCount64;
                job = _abandoned ? null : _backlog.Take(_stopped ? long.MaxValue : now);
                if (job is not null || _stopped)
                {
                    return job is not null;
                }

                var wait = Math.Min(_retainAt, Math.Min(_forgetAt, _backlog.IsEmpty ? long.MaxValue : _backlog.NextDue)) - now;
                if (wait <= 0)
                {
                    return true;
                }

                _progress.Idle();
                Monitor.Wait(_backlog, TimeSpan.FromMilliseconds(wait));
            }
        }
    }

    private bool TryDo(SealJob job)
    {
        try
        {
            _seal(job);
            _failures.Succeeded();
            return true;
        }
        catch (Exception failure)
        {
            var faults = DiskFailure.Is(failure) ? 0 : job.Faults + 1;
            var wait = faults == 0 ? RetryInterval : RetryInterval * Math.Min(1 << Math.Min(faults - 1, 10), LongestRetry / RetryInterval);
            lock (_backlog)
            {
                if (!_stopped)
                {
                    _backlog.TryAdd(job with { Faults = faults }, Environment.TickCount64 + (long)wait.TotalMilliseconds);
                }
            }

            _failures.Failed(failure, rowsLost: 0); // whoever reads it and stops has the job tried once more
            return false;
        }
    }
}
