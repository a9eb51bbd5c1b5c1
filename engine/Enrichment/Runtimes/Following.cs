namespace NetMon.Enrichment.Runtimes;

/// <summary>Beside a connection's calls: reports each container that is created and what is new of sandboxes. Its end ends the session.</summary>
/// <remarks>
/// It takes at most <see cref="MostPerSecond"/> a second: a node starts some hundreds of containers at once, and reading what
/// a broken runtime sends without end would cost the agent its CPU. The rest waits in the socket.
/// </remarks>
internal sealed class Following(IContainerRuntime runtime, CancellationTokenSource session, TimeProvider time, Action<RuntimeNews> onNews)
{
    /// <summary>Events taken in a second.</summary>
    public const int MostPerSecond = 2000;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>A stream that does not heed its token is left to itself after this.</summary>
    private static readonly TimeSpan EndBound = TimeSpan.FromMilliseconds(500);

    private Task _task = Task.CompletedTask;
    private volatile Exception? _failure;

    /// <summary>Why the session was ended; null when it was not by this.</summary>
    public Exception? Failure => _failure;

    /// <summary>Begins where the runtime can be followed. The session must not have been ended.</summary>
    public void Start()
    {
        if (runtime.CanFollow)
        {
            _task = RunAsync(session.Token);
        }
    }

    /// <summary>Waits for the end, after the session was ended.</summary>
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

            // It may have found out only now that there is nothing to follow.
            if (!runtime.CanFollow || stop.IsCancellationRequested)
            {
                return;
            }

            _failure = new RuntimeException("it closed its stream of events");
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
