using System.Net;
using System.Net.Sockets;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>Connections that were open before the agent started.</summary>
public sealed class OlderConnectionTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("auto")]
    [InlineData("tracepoint")]
    public void Their_CLOSE_has_owner_direction_and_all_bytes(string spine)
    {
        Needs.Tracing();
        Assert.SkipUnless(Environment.OSVersion.Version >= new Version(6, 12), "needs a kernel that lets an iterator ask for a socket's callbacks: 6.12 or newer");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        using var server = listener.AcceptTcpClient();
        Send(client, server, 1000);
        var (from, to) = (((IPEndPoint)client.Client.LocalEndPoint!).Port, ((IPEndPoint)listener.LocalEndpoint).Port);

        listener.Stop(); // must be decided without it which end called
        using (var agent = AgentProcess.Start("--json", _scratch["events.json"], "--spine", spine))
        {
            Send(client, server, 234);
            client.Close();
            Assert.Equal(0, server.GetStream().Read(new byte[1]));
            server.Close();
            agent.Stop();
        }

        var seen = SeenEvent.Read(_scratch["events.json"]).Where(e => e.SourcePort == from && e.DestinationPort == to).ToList();
        Assert.Equal(2, seen.Count);
        Assert.All(seen, e => Assert.Equal(("CLOSE", (long)Environment.ProcessId, "127.0.0.1"), (e.Type, e.Pid, e.SourceAddress)));
        Assert.Single(seen, e => e is { Direction: "outbound", BytesSent: 1234, BytesReceived: 0, Reason: "fin_local" });
        Assert.Single(seen, e => e is { Direction: "inbound", BytesSent: 0, BytesReceived: 1234, Reason: "fin_remote" });
    }

    public void Dispose() => _scratch.Dispose();

    private static void Send(TcpClient from, TcpClient to, int bytes)
    {
        from.GetStream().Write(new byte[bytes]);
        to.GetStream().ReadExactly(new byte[bytes]);
    }
}
