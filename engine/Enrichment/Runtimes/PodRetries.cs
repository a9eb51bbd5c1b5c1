using NetMon.Foundation;

namespace NetMon.Enrichment.Runtimes;

/// <summary>Retries reading addresses of sandboxes, with growing pauses while it fails. For the link's loop.</summary>
/// <param name="options">Clock and pauses.</param>
/// <param name="wanted">The other work that the loop waits for.</param>
internal sealed class PodRetries(RuntimeOptions options, WantedIds wanted)
{
    private readonly BackOff _pauses = new(options.FirstBackOff, options.LongestBackOff);
    private (long Since, TimeSpan Pause)? _waiting;

    /// <summary>Waits until there is work, or a retry is due.</summary>
    public async Task WaitAsync(IContainerRuntime runtime, CancellationToken stop)
    {
        if (!runtime.HasPodsToRetry)
        {
            _pauses.Reset();
            await wanted.WaitAsync(stop).ConfigureAwait(false);
            return;
        }

        var (since, pause) = _waiting ??= (options.Time.GetTimestamp(), _pauses.Next());
        if (pause - options.Time.GetElapsedTime(since) is var left && left > TimeSpan.Zero)
        {
            using var due = new CancellationTokenSource(left, options.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, due.Token);
            try
            {
                await wanted.WaitAsync(either.Token).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // A retry is due.
            }
        }

        _waiting = null;
        runtime.RetryPods();
    }
}
