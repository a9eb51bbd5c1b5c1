namespace NetMon.Enrichment.Runtimes;

/// <summary>Follows a runtime's events beside other calls: reports each new container and changes of sandboxes. Ends the session when it ends.</summary>
/// <remarks>
/// Processes at most <see cref="MostPerSecond"/> events per second: a node starts some hundreds of containers at once, while a broken runtime that sends
/// events without end would cost the agent its CPU. The rest waits in the socket.
/// </remarks>
internal sealed class Following(IContainerRuntime runtime, CancellationTokenSource session, TimeProvider time, Action<RuntimeNews> onNews)
{
    /// <summary>The maximum number of events per second.</summary>
    public const int MostPerSecond = 2000;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for a stream that ignores its cancellation before abandoning it.</summary>
    private static readonly TimeSpan EndBound = TimeSpan.FromMilliseconds(500);

    private Task _task = Task.CompletedTask;
    private volatile Exception? _failure;

    /// <summary>Why the session was ended; null if it was not ended by this object.</summary>
    public Exception? Failure => _failure;

    /// <summary>Starts, if the runtime can be followed. The session must not have ended.</summary>
    public void Start()
    {
        if (runtime.CanFollow)
        {
            _task = RunAsync(session.Token);
        }
    }

    /// <summary>Waits for the end, after the session has ended.</summary>
    public async Task EndAsync()
    {
        try
        {
            await _task.WaitAsync(EndBound).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            var (began, taken) = (time.GetTimestamp(), 0);
            await foreach (var news in runtime.FollowAsync(stop).ConfigureAwait(false))
            {
                if (news is not null)
                {
                    onNews(news);
                }

                taken++;
                var left = Second - time.GetElapsedTime(began);
                if (taken == MostPerSecond && left > TimeSpan.Zero)
                {
                    await Task.Delay(left, time, stop).ConfigureAwait(false);
                }

                if (taken == MostPerSecond || left <= TimeSpan.Zero)
                {
                    (began, taken) = (time.GetTimestamp(), 0);
                }
            }

            // It may have detected only now that events are not supported.
            if (!runtime.CanFollow || stop.IsCancellationRequested)
            {
                return;
            }

            _failure = new RuntimeException("it closed its event stream");
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            _failure = e;
        }

        await session.CancelAsync().ConfigureAwait(false);
    }
}
