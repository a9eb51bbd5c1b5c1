using System.Net.Sockets;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>A socket that accepts connections, without a working runtime.</summary>
internal sealed class BrokenRuntime : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _accepted = [];
    private readonly Func<Socket, CancellationToken, Task> _serve;
    private readonly Task _accepting;

    private BrokenRuntime(string path, Func<Socket, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Number of accepted connections.</summary>
    public int Connections
    {
        get
        {
            lock (_accepted)
            {
                return _accepted.Count;
            }
        }
    }

    /// <summary>Accepts and never answers.</summary>
    public static BrokenRuntime Mute(string path) => new(path, (_, _) => Task.CompletedTask);

    /// <summary>Sends bytes of no protocol, endlessly.</summary>
    public static BrokenRuntime Garbage(string path) => new(path, async (socket, stop) =>
    {
        var noise = new byte[64 * 1024];
        for (var seed = 0; ; seed++)
        {
            new Random(seed).NextBytes(noise);
            await socket.SendAsync(noise, stop);
        }
    });

    /// <summary>Sends the test's bytes, endlessly.</summary>
    public static BrokenRuntime Of(string path, Func<Socket, CancellationToken, Task> serve) => new(path, serve);

    /// <summary>Waits for a condition, then forwards everything to a working runtime.</summary>
    public static BrokenRuntime Late(string path, Task until, string goodSocket) => new(path, async (socket, stop) =>
    {
        await until.WaitAsync(stop);
        using var good = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await good.ConnectAsync(new UnixDomainSocketEndPoint(goodSocket), stop);
        using var here = new NetworkStream(socket);
        using var there = new NetworkStream(good);
        await Task.WhenAny(here.CopyToAsync(there, stop), there.CopyToAsync(here, stop));
    });

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _accepting.Wait();
        _accepted.ForEach(socket => socket.Dispose());
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                lock (_accepted)
                {
                    _accepted.Add(socket);
                }

                _ = ServeAsync(socket);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await _serve(socket, _stop.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The agent may hang up.
        }
    }
}
