using System.Runtime.InteropServices;

namespace NetMon.Host;

/// <summary>Calls an action on SIGHUP, by which log rotation requests that files be reopened, instead of exiting.</summary>
/// <param name="rotate">Called on a thread of the pool.</param>
internal sealed class RotateSignal(Action rotate) : IDisposable
{
    private readonly PosixSignalRegistration _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
    {
        context.Cancel = true;
        rotate();
    });

    public void Dispose() => _hangUp.Dispose();
}
