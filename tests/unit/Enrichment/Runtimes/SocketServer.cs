using System.Net.Sockets;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>Listens on a Unix socket; the test handles each connection. Disposal removes the socket and closes all connections.</summary>
internal sealed class SocketServer : IAsyncDisposable
{
    private readonly string _path;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _accepted;

    public SocketServer(string path, Func<Stream, CancellationToken, Task> serve)
    {
        _path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _accepting = AcceptAsync(serve);
    }

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Reads everything and never answers.</summary>
    public static async Task Hang(Stream stream, CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, stop) > 0)
        {
        }
    }

    /// <summary>Sends bytes of no protocol, and closes.</summary>
    public static async Task Garble(Stream stream, CancellationToken stop)
    {
        var garbage = new byte[8192];
        new Random(7).NextBytes(garbage);
        await stream.WriteAsync(garbage, stop);
    }

    /// <summary>Closes at once.</summary>
    public static Task Close(Stream stream, CancellationToken stop) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        File.Delete(_path);
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<Stream, CancellationToken, Task> serve)
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                serving.Add(ServeAsync(new NetworkStream(socket, ownsSocket: true), serve));
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(NetworkStream stream, Func<Stream, CancellationToken, Task> serve)
    {
        await using (stream)
        {
            try
            {
                await serve(stream, _stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The test or the other side ended.
            }
        }
    }
}
