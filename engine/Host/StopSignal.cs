using System.Runtime.InteropServices;

namespace NetMon.Host;

/// <summary>
/// Completes on SIGTERM, on SIGINT, or when the time is over, whichever comes first. From then on the process has
/// <see cref="EndBound"/> to end by itself.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    /// <summary>How long the end may take, whatever hangs: less than the 60 s that the pod has in Kubernetes (terminationGracePeriodSeconds).</summary>
    public static readonly TimeSpan EndBound = TimeSpan.FromSeconds(50);

    private readonly Timer _end;
    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private readonly Timer? _timer;

    /// <param name="duration">When to stop without a signal; null for never.</param>
    /// <param name="onEndBound">Called when the time for the end is over, on a thread of the pool; it ends the process.</param>
    public StopSignal(TimeSpan? duration, Action onEndBound)
    {
        _end = new Timer(_ => onEndBound(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Request);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Request);
        _timer = duration is { } time ? new Timer(_ => Request(), null, time, Timeout.InfiniteTimeSpan) : null;
    }

    /// <summary>Completes when the agent shall stop.</summary>
    public Task Requested => _requested.Task;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _timer?.Dispose();
        _end.Dispose();
    }

    private void Request(PosixSignalContext context)
    {
        context.Cancel = true;
        Request();
    }

    private void Request()
    {
        if (_requested.TrySetResult())
        {
            _end.Change(EndBound, Timeout.InfiniteTimeSpan);
        }
    }
}
