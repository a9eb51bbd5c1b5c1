using NetMon.Cluster;

namespace NetMon.Kubernetes.Watching;

/// <summary>Where the lines of all watches go: whole objects at a time. It waits for as long as the reader does; so do the watches. Any thread.</summary>
internal sealed class FactOutput(Stream stream) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Writes whole objects, and empties the writer.</summary>
    /// <exception cref="IOException">Nobody reads any more.</exception>
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
