using System.Runtime.InteropServices;

namespace NetMon.Host;

/// <summary>Does something on SIGHUP, by which log rotation asks for files to be opened again, instead of ending.</summary>
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
