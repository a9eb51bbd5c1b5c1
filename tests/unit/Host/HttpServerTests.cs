using System.Net;
using System.Net.Sockets;
using System.Text;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Host.Http;
using Xunit;

namespace NetMon.UnitTests.Host;

public sealed class HttpServerTests : IDisposable
{
    private readonly FaultState _fault = new("http");
    private readonly List<string> _log = [];
    private readonly HttpServer _server;

    public HttpServerTests() => _server = new HttpServer(
        new IPEndPoint(IPAddress.IPv6Any, 0),
        request => request.Path == "/throws" ? throw new InvalidOperationException("on purpose") : HttpAnswer.Text(200, $"{request.Path} {new string('x', request.Path == "/long" ? 5_000_000 : 0)}"),
        0,
        _fault,
        new Logger(entry => _log.Add(entry.Message), "http"));

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK", "/a \n")]
    [InlineData("GET /a?b=c HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK", "/a \n")]
    [InlineData("GET /a HTTP/1.1\n\n", "HTTP/1.1 200 OK", "/a \n")]
    [InlineData("HEAD /a HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "")]
    [InlineData("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 405 Method Not Allowed", "only GET and HEAD are supported\n")]
    [InlineData("GET a HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request", "this is not an HTTP/1.1 request\n")]
    [InlineData("GET /a HTTP/2\r\n\r\n", "HTTP/1.1 400 Bad Request", "this is not an HTTP/1.1 request\n")]
    [InlineData("GET  /a HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request", "this is not an HTTP/1.1 request\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400 Bad Request", "this is not an HTTP/1.1 request\n")]
    [InlineData("\u0016\u0003\u0001", "HTTP/1.1 400 Bad Request", "this is not an HTTP request\n")]
    [InlineData("\r\n\r\n", "HTTP/1.1 400 Bad Request", "this is not an HTTP request\n")]
    [InlineData("", "", "")]
    [InlineData("GET /a HT", "", "")] // half of a request, and nothing more to come
    public void A_client_that_has_shut_down_its_side_gets_an_answer(string request, string status, string body)
    {
        using var client = Connect();
        client.Client.Send(Encoding.Latin1.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        var said = ReadToEnd(client);
        Assert.StartsWith(status, said, StringComparison.Ordinal);
        Assert.Equal(body, said.Split("\r\n\r\n", 2) is [_, var text] ? text : "");
    }

    [Fact]
    public void An_endless_header_is_refused_at_its_limit()
    {
        using var client = Connect();
        client.Client.Send(Encoding.ASCII.GetBytes("GET /a HTTP/1.1\r\nX: " + new string('x', HttpConnection.MaxHeadBytes)));
        Assert.StartsWith("HTTP/1.1 431 ", ReadToEnd(client), StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_in_single_bytes_is_answered()
    {
        using var client = Connect();
        foreach (var letter in "GET /a HTTP/1.1\r\n\r\n"u8.ToArray())
        {
            client.GetStream().WriteByte(letter);
        }

        Assert.EndsWith("/a \n", ReadToEnd(client), StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_idle_clients_are_closed_for_a_new_request()
    {
        var idle = Enumerable.Range(0, 10 * HttpServer.MostConnections).Select(_ => Connect()).ToList();
        Assert.EndsWith("/a \n", Ask("/a"), StringComparison.Ordinal);
        // The server has closed the first ones: reading finds the end.
        Assert.Equal("", ReadToEnd(idle[0]));
        idle.ForEach(client => client.Dispose());
        Assert.Empty(_log);
    }

    [Fact]
    public void A_client_that_does_not_read_its_answer_blocks_no_other()
    {
        using var slow = Connect();
        slow.Client.Send("GET /long HTTP/1.1\r\n\r\n"u8);
        Assert.EndsWith("/a \n", Ask("/a"), StringComparison.Ordinal);
        Assert.True(ReadToEnd(slow).Length > 5_000_000);
    }

    [Fact]
    public void An_exception_is_status_500_and_logged_once_and_the_next_request_is_answered()
    {
        Assert.StartsWith("HTTP/1.1 500 ", Ask("/throws"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 500 ", Ask("/throws"), StringComparison.Ordinal);
        Assert.Equal((2, "InvalidOperationException: on purpose"), (_fault.Count, _fault.Why));
        Assert.Contains("on purpose", Assert.Single(_log), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", Ask("/a"), StringComparison.Ordinal);
        Assert.Null(_fault.Why);
    }

    [Fact]
    public void Its_port_is_in_use_while_it_runs_and_free_afterwards()
    {
        var port = ((IPEndPoint)_server.Address).Port;
        Assert.EndsWith("/a \n", Ask("/a"), StringComparison.Ordinal);
        Assert.Throws<SocketException>(() => Again(port).Dispose());
        _server.Dispose();
        Again(port).Dispose();
    }

    private static HttpServer Again(int port) => new(new IPEndPoint(IPAddress.IPv6Any, port), _ => HttpAnswer.Text(200, ""), 0, new FaultState("http"), new Logger(_ => { }, "http"));

    private string Ask(string path)
    {
        using var client = Connect();
        client.Client.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\n\r\n"));
        return ReadToEnd(client);
    }

    private TcpClient Connect() => new("127.0.0.1", ((IPEndPoint)_server.Address).Port) { ReceiveTimeout = (int)Patience.Limit.TotalMilliseconds };

    private static string ReadToEnd(TcpClient client)
    {
        // On the socket: a stream needs both directions.
        var (text, buffer) = (new StringBuilder(), new byte[64 * 1024]);
        for (int bytes; (bytes = client.Client.Receive(buffer)) > 0;)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, bytes));
        }

        return text.ToString();
    }
}
