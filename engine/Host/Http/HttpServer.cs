using System.Net;
using System.Net.Sockets;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Native;

namespace NetMon.Host.Http;

/// <summary>
/// Answers GET and HEAD over HTTP/1.1, one request per connection, on its own thread. Clients are not trusted: the number of connections,
/// the size of a request and its duration are bounded, and so is memory. When there are too many connections, the one that has been idle
/// longest is closed for a new one, so that silent clients can't lock out others.
/// </summary>
internal sealed class HttpServer : IDisposable
{
    /// <summary>The maximum number of connections.</summary>
    public const int MostConnections = 64;

    private const int Backlog = 1024;
    private const int MostAcceptsATurn = 16; // then accepted connections are read, so that a new one is not closed before its request was read
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly Func<HttpRequest, HttpAnswer> _answer;
    private readonly FaultState _fault;
    private readonly Logger _log;
    private readonly Thread _thread;
    private readonly List<HttpConnection> _connections = [];
    private readonly List<Socket> _readable = [];
    private readonly List<Socket> _writable = [];
    private readonly Stack<byte[]> _buffers = new();
    private volatile bool _isStopping;

    /// <param name="address">The address to listen on; IPv6Any includes IPv4.</param>
    /// <param name="answer">Handles a request on the server's thread; exceptions become status 500.</param>
    /// <param name="niceness">The thread's niceness (<see cref="ThreadNiceness"/>).</param>
    /// <param name="fault">The fault state of the server.</param>
    /// <param name="log">For the operator.</param>
    /// <exception cref="SocketException">The address can't be listened on.</exception>
    public HttpServer(IPEndPoint address, Func<HttpRequest, HttpAnswer> answer, int niceness, FaultState fault, Logger log)
    {
        (_answer, _fault, _log) = (answer, fault, log);
        _listener = Listen(address);
        _thread = new Thread(() =>
        {
            ThreadNiceness.Set(niceness);
            Run();
        })
        {
            IsBackground = true,
            Name = $"netmon-{fault.Part}",
        };
        _thread.Start();
    }

    /// <summary>The listening address, with the actual port if port 0 was requested.</summary>
    public EndPoint Address => _listener.LocalEndPoint!;

    public void Dispose()
    {
        if (_isStopping)
        {
            return;
        }

        _isStopping = true;
        try
        {
            _listener.Shutdown(SocketShutdown.Both); // wakes the thread: accept(2) now fails
        }
        catch (SocketException)
        {
            // The thread wakes up anyway.
        }

        if (_thread.Join(EndBound))
        {
            _listener.Dispose();
        }
    }

    private static Socket Listen(IPEndPoint address)
    {
        var isAny = address.Address.Equals(IPAddress.IPv6Any);
        var local = isAny && !Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.Any, address.Port) : address;
        var listener = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            if (local.AddressFamily == AddressFamily.InterNetworkV6)
            {
                listener.DualMode = isAny;
            }

            listener.Bind(local);
            listener.Listen(Backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private void Run()
    {
        while (!_isStopping)
        {
            try
            {
                Turn();
            }
            catch (Exception e)
            {
                Report(e);
                CloseAll();
                Thread.Sleep(PauseAfterFault);
            }
        }

        CloseAll();
    }

    private void Turn()
    {
        _readable.Clear();
        _writable.Clear();
        _readable.Add(_listener);
        var nearest = long.MaxValue;
        foreach (var connection in _connections)
        {
            (connection.IsSending ? _writable : _readable).Add(connection.Socket);
            nearest = Math.Min(nearest, connection.Deadline);
        }

        var wait = nearest == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(1, nearest - Environment.TickCount64));
        Socket.Select(_readable, _writable, null, wait);
        var now = Environment.TickCount64;
        for (var index = _connections.Count - 1; index >= 0; index--)
        {
            var connection = _connections[index];
            var isReady = _readable.Contains(connection.Socket) || _writable.Contains(connection.Socket);
            if ((isReady && !connection.Continue(Answer, now)) || now >= connection.Deadline)
            {
                Close(index);
            }
        }

        if (_readable.Contains(_listener))
        {
            Accept(now);
        }
    }

    private void Accept(long now)
    {
        for (var accepted = 0; accepted < MostAcceptsATurn && !_isStopping; accepted++)
        {
            Socket socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                return;
            }
            catch (SocketException) when (_isStopping)
            {
                return;
            }

            socket.Blocking = false;
            if (_connections.Count == MostConnections)
            {
                Close(_connections.IndexOf(_connections.MinBy(connection => connection.LastActive)!));
            }

            var connection = new HttpConnection(socket, _buffers.TryPop(out var buffer) ? buffer : new byte[HttpConnection.MaxHeadBytes], now);
            _connections.Add(connection);
            if (!connection.Continue(Answer, now)) // the request may have arrived already
            {
                Close(_connections.Count - 1);
            }
        }
    }

    private HttpAnswer Answer(HttpRequest request)
    {
        try
        {
            var answer = _answer(request);
            _fault.Works();
            return answer;
        }
        catch (Exception e)
        {
            Report(e);
            return HttpAnswer.Text(500, "internal error: see the log");
        }
    }

    private void Report(Exception e)
    {
        if (_fault.Why is null)
        {
            _log.Error($"answering failed: {e.GetType().Name}: {e.Message}. Retrying with each request.");
        }

        _fault.Failed($"{e.GetType().Name}: {e.Message}");
    }

    private void Close(int index)
    {
        var connection = _connections[index];
        _connections.RemoveAt(index);
        _buffers.Push(connection.Buffer);
        connection.Dispose();
    }

    private void CloseAll()
    {
        while (_connections.Count > 0)
        {
            Close(_connections.Count - 1);
        }
    }
}
