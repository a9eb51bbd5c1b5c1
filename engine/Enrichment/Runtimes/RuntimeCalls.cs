namespace NetMon.Enrichment.Runtimes;

/// <summary>The calls to one runtime: one at a time, each with a deadline, counted and measured. Reading: any thread.</summary>
internal sealed class RuntimeCalls(RuntimeOptions options)
{
    /// <summary>Timestamps start at 0 somewhere in the past, so none of a call is this.</summary>
    private const long Idle = long.MinValue;

    private long _since = Idle;
    private long _begun;
    private long _lastLatencyTicks;

    /// <summary>Calls begun.</summary>
    public long Begun => Interlocked.Read(ref _begun);

    /// <summary>How long the last call that was answered took.</summary>
    public TimeSpan LastLatency => new(Interlocked.Read(ref _lastLatencyTicks));

    /// <summary>True while a call takes longer than the bound.</summary>
    public bool IsOverdue
    {
        get
        {
            var since = Interlocked.Read(ref _since);
            return since != Idle && options.Time.GetElapsedTime(since) > options.AnsweringBound;
        }
    }

    /// <summary>Makes one. Past the deadline: <see cref="RuntimeException"/>, and the call is left to itself if it does not heed its token.</summary>
    public async Task<T> MakeAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(options.CallDeadline, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        var began = options.Time.GetTimestamp();
        Interlocked.Increment(ref _begun);
        Interlocked.Exchange(ref _since, began);
        try
        {
            var answer = await call(either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            Interlocked.Exchange(ref _lastLatencyTicks, options.Time.GetElapsedTime(began).Ticks);
            return answer;
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new RuntimeException($"no answer within {options.CallDeadline.TotalSeconds:0.###} s", e);
        }
        finally
        {
            Interlocked.Exchange(ref _since, Idle);
        }
    }
}
