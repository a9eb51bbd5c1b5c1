namespace NetMon.Enrichment.Runtimes;

/// <summary>The calls to one runtime: one at a time, each with a deadline, counted and measured. Properties are thread-safe.</summary>
internal sealed class RuntimeCalls(RuntimeOptions options)
{
    /// <summary>Never the timestamp of a call: timestamps start at 0 some time in the past.</summary>
    private const long Idle = long.MinValue;

    private long _since = Idle;
    private long _begun;
    private long _lastLatencyTicks;

    /// <summary>The number of calls begun.</summary>
    public long Begun => Interlocked.Read(ref _begun);

    /// <summary>The duration of the last call that was answered.</summary>
    public TimeSpan LastLatency => new(Interlocked.Read(ref _lastLatencyTicks));

    /// <summary>Whether the current call takes longer than the limit.</summary>
    public bool IsOverdue
    {
        get
        {
            var since = Interlocked.Read(ref _since);
            return since != Idle && options.Time.GetElapsedTime(since) > options.AnsweringBound;
        }
    }

    /// <summary>Makes a call. After the deadline it throws <see cref="RuntimeException"/>, and abandons a call that ignores its cancellation.</summary>
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
