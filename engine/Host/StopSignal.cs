using System.Runtime.InteropServices;

namespace NetMon.Host;

/// <summary>Completes on SIGTERM, on SIGINT, or when the time is over, whichever comes first.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private readonly Timer? _timer;

    public StopSignal(TimeSpan? duration)
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Request);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Request);
        _timer = duration is { } time ? new Timer(_ => _requested.TrySetResult(), null, time, Timeout.InfiniteTimeSpan) : null;
    }

    /// <summary>Completes when the agent shall stop.</summary>
    public Task Requested => _requested.Task;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _timer?.Dispose();
    }

    private void Request(PosixSignalContext context)
    {
        context.Cancel = true;
        _requested.TrySetResult();
    }
}
