using System.Net;
using System.Net.Sockets;

namespace NetMon.LiveTests.Support;

/// <summary>A loopback connection with both ends in this process.</summary>
internal sealed class OpenConnection : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TcpClient _client = new();
    private TcpClient? _server;

    public OpenConnection(bool accept = true)
    {
        _listener.Start();
        _client.Connect((IPEndPoint)_listener.LocalEndpoint);
        (From, To) = (((IPEndPoint)_client.Client.LocalEndPoint!).Port, ((IPEndPoint)_listener.LocalEndpoint).Port);
        if (accept)
        {
            Accept();
        }
    }

    /// <summary>The calling end's port.</summary>
    public int From { get; }

    /// <summary>The called end's port.</summary>
    public int To { get; }

    public void Accept() => _server = _listener.AcceptTcpClient();

    public void Send(int bytes)
    {
        _client.GetStream().Write(new byte[bytes]);
        _server!.GetStream().ReadExactly(new byte[bytes]);
    }

    public bool IsOf(SeenEvent e) => e.SourcePort == From && e.DestinationPort == To;

    /// <summary>The called end resets it (RST); the calling end stays open until it notices.</summary>
    public void Reset()
    {
        _server!.Client.Close(0);
        if (!_client.Client.Poll(Patience.Limit, SelectMode.SelectRead))
        {
            throw new TimeoutException("no RST came");
        }
    }

    /// <summary>Closes both ends in order, the calling one first.</summary>
    public void Close()
    {
        _client.Close();
        if (_server!.GetStream().Read(new byte[1]) != 0)
        {
            throw new InvalidOperationException("more came than was sent");
        }

        _server.Close();
    }

    public void Dispose()
    {
        _client.Dispose();
        _server?.Dispose();
        _listener.Dispose();
    }
}
