using NetMon.Cluster;

namespace NetMon.Kubernetes.Watching;

/// <summary>The output of all watches, in complete objects. Waits for the reader, and so do the watches. Thread-safe.</summary>
internal sealed class FactOutput(Stream stream) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Writes complete objects, and clears the writer.</summary>
    /// <exception cref="IOException">The reader has closed the pipe.</exception>
    public async ValueTask WriteAsync(FactWriter lines, CancellationToken stop)
    {
        if (lines.Length == 0)
        {
            return;
        }

        await _gate.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            await stream.WriteAsync(lines.Lines, stop).ConfigureAwait(false);
            await stream.FlushAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }

        lines.Clear();
    }

    public void Dispose() => _gate.Dispose();
}
