using System.Runtime.InteropServices;

namespace NetMon.Host;

/// <summary>
/// Completes on SIGTERM, on SIGINT or at the end of the duration, whichever comes first. From then on the process has
/// <see cref="EndBound"/> to exit.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    /// <summary>The maximum time for shutting down, even if something hangs: less than the 60 s that Kubernetes gives the pod (terminationGracePeriodSeconds).</summary>
    public static readonly TimeSpan EndBound = TimeSpan.FromSeconds(50);

    private readonly Timer _end;
    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private readonly Timer? _timer;

    /// <param name="duration">When to stop without a signal; null: never.</param>
    /// <param name="onEndBound">Called on a thread of the pool when the time for shutting down is over; ends the process.</param>
    public StopSignal(TimeSpan? duration, Action onEndBound)
    {
        _end = new Timer(_ => onEndBound(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Request);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Request);
        _timer = duration is { } time ? new Timer(_ => Request(), null, time, Timeout.InfiniteTimeSpan) : null;
    }

    /// <summary>Completes when the agent must stop.</summary>
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
