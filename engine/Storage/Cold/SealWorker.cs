using NetMon.Native;

namespace NetMon.Storage.Cold;

/// <summary>
/// Seals on a thread of its own, behind all other threads, one job after the other; what can't be sealed stays in hot/ and is tried
/// again. Between jobs it keeps the capture directory within its bounds.
/// </summary>
internal sealed class SealWorker
{
    private const int Niceness = 10;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetainInterval = TimeSpan.FromMinutes(1);

    /// <summary>A node that fills a row group more often than that keeps the buffers for it.</summary>
    private static readonly TimeSpan BuffersStay = TimeSpan.FromMinutes(1);

    private readonly Action<SealJob> _seal;
    private readonly Action<IReadOnlyCollection<Hour>> _retain;
    private readonly Action _forget;
    private readonly FailureLog _failures;
    private readonly SealBacklog _backlog = new();
    private readonly Thread _thread;
    private long _retainAt;
    private long _forgetAt = long.MaxValue;
    private bool _stopped;
    private bool _abandoned;

    /// <param name="seal">Does a job; throws what the disk throws.</param>
    /// <param name="retain">Removes what is too old or too much; given the hours that wait here.</param>
    /// <param name="forget">Called when there has been nothing to do for a while: gives buffers back.</param>
    /// <param name="failures">Told why a job failed; it will be tried again.</param>
    public SealWorker(Action<SealJob> seal, Action<IReadOnlyCollection<Hour>> retain, Action forget, FailureLog failures)
    {
        (_seal, _retain, _forget, _failures) = (seal, retain, forget, failures);
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

    /// <summary>Tries every job once more and ends.</summary>
    public void Stop() => End(abandon: false);

    /// <summary>As a kill would: ends after the job at hand and leaves the others.</summary>
    public void Abandon() => End(abandon: true);

    private void End(bool abandon)
    {
        lock (_backlog)
        {
            _stopped = true;
            _abandoned |= abandon;
            Monitor.Pulse(_backlog);
        }

        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        ThreadNiceness.Set(Niceness);
        while (TryTake(out var job))
        {
            var hasSealed = job is not null && TryDo(job) && job.Kind != SealKind.Piece;
            var now = Environment.TickCount64;
            _forgetAt = job is null ? _forgetAt : now + (long)BuffersStay.TotalMilliseconds;
            if (hasSealed || now >= _retainAt)
            {
                _retainAt = now + (long)RetainInterval.TotalMilliseconds;
                _retain(Waiting());
            }

            if (now >= _forgetAt)
            {
                _forgetAt = long.MaxValue;
                _forget();
            }
        }
    }

    private HashSet<Hour> Waiting()
    {
        lock (_backlog)
        {
            return [.. _backlog.Hours];
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
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            lock (_backlog)
            {
                if (!_stopped)
                {
                    _backlog.TryAdd(job, Environment.TickCount64 + (long)RetryInterval.TotalMilliseconds);
                }
            }

            _failures.Failed(failure, rowsLost: 0); // whoever reads it and stops has the job tried once more
            return false;
        }
    }
}
