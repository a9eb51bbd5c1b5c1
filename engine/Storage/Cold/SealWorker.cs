using NetMon.Native;

namespace NetMon.Storage.Cold;

/// <summary>
/// Seals hours on a thread of its own, behind all other threads, one after the other; what can't be sealed stays in hot/
/// and is tried again. Between seals it keeps the capture directory within its bounds.
/// </summary>
internal sealed class SealWorker
{
    /// <summary>Hours that may wait. More than that stay in hot/ until the next start.</summary>
    private const int MostJobs = 1024;

    private const int Niceness = 10;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetainInterval = TimeSpan.FromMinutes(1);

    private readonly Action<SealJob> _seal;
    private readonly Action<IReadOnlyCollection<Hour>> _retain;
    private readonly Action _forget;
    private readonly FailureLog _failures;
    private readonly List<SealJob> _jobs = [];
    private readonly Thread _thread;
    private bool _stopped;
    private bool _abandoned;

    /// <param name="seal">Does a job; throws what the disk throws.</param>
    /// <param name="retain">Removes what is too old or too much; given the hours that wait here.</param>
    /// <param name="forget">Called when there is nothing to do any more.</param>
    /// <param name="failures">Told why a seal failed; it will be tried again.</param>
    public SealWorker(Action<SealJob> seal, Action<IReadOnlyCollection<Hour>> retain, Action forget, FailureLog failures)
    {
        (_seal, _retain, _forget, _failures) = (seal, retain, forget, failures);
        _thread = new Thread(Run) { Name = "netmon-seal", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Takes a job; never waits.</summary>
    public void Add(SealJob job)
    {
        lock (_jobs)
        {
            if (_jobs.Count < MostJobs)
            {
                _jobs.Add(job);
                Monitor.Pulse(_jobs);
                return;
            }
        }

        _failures.Failed(new IOException($"{MostJobs} hours wait already; the files of {job.Hour} stay in hot/ until the next start"), rowsLost: 0);
    }

    /// <summary>Tries every job once more and ends.</summary>
    public void Stop() => End(abandon: false);

    /// <summary>As a kill would: ends after the job at hand and leaves the others.</summary>
    public void Abandon() => End(abandon: true);

    private void End(bool abandon)
    {
        lock (_jobs)
        {
            _stopped = true;
            _abandoned |= abandon;
            Monitor.Pulse(_jobs);
        }

        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        ThreadNiceness.Set(Niceness);
        var nextRetain = 0L;
        while (!_abandoned && TryTake(out var job))
        {
            if (job is not null)
            {
                Do(job);
            }

            if (job is not null || Environment.TickCount64 >= nextRetain)
            {
                nextRetain = Environment.TickCount64 + (long)RetainInterval.TotalMilliseconds;
                _retain(Waiting());
            }
        }
    }

    private HashSet<Hour> Waiting()
    {
        lock (_jobs)
        {
            return [.. _jobs.Select(job => job.Hour)];
        }
    }

    /// <summary>The next job, or null when it is time to look around; false at the end.</summary>
    private bool TryTake(out SealJob? job)
    {
        while (true)
        {
            lock (_jobs)
            {
                if (TryTakeDue(out job) || _stopped)
                {
                    return job is not null;
                }
            }

            _forget(); // without the lock: it collects garbage, and the sinks' thread adds jobs
            lock (_jobs)
            {
                if (TryTakeDue(out job) || _stopped)
                {
                    return job is not null;
                }

                var wait = _jobs.Count == 0 ? RetainInterval : TimeSpan.FromMilliseconds(Math.Max(1, _jobs.Min(waiting => waiting.RetryAt) - Environment.TickCount64));
                if (!Monitor.Wait(_jobs, wait) && _jobs.Count == 0)
                {
                    return true;
                }
            }
        }
    }

    /// <summary>Under the lock.</summary>
    private bool TryTakeDue(out SealJob? job)
    {
        var now = Environment.TickCount64;
        job = _jobs.Find(waiting => _stopped || now >= waiting.RetryAt);
        return job is not null && _jobs.Remove(job);
    }

    private void Do(SealJob job)
    {
        try
        {
            _seal(job);
            _failures.Succeeded();
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            _failures.Failed(failure, rowsLost: 0);
            lock (_jobs)
            {
                if (!_stopped)
                {
                    job.RetryAt = Environment.TickCount64 + (long)RetryInterval.TotalMilliseconds;
                    _jobs.Add(job);
                }
            }
        }
    }
}
