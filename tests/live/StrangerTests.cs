using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>Any number of clients at the agent's ports, whatever they send: probes and scrapes are answered.</summary>
[Trait("suite", "offline")]
public sealed class StrangerTests : IDisposable
{
    private const long MostGrowth = 24 << 20;
    private readonly List<Socket> _strangers = [];
    private readonly AgentProcess _agent = AgentProcess.Start("--metrics", "127.0.0.1:0", "--health", "127.0.0.1:0", "--json", "none", "--source", "synthetic:rate=1000");

    private string Health => Regex.Match(_agent.Log, "health: (http://[^/]+)/healthz").Groups[1].Value;

    public static TheoryData<string, int> Crowds
    {
        get
        {
            var crowds = new TheoryData<string, int>();
            foreach (var kind in (string[])["silent", "half a request", "half-closed", "garbage", "huge headers", "never reads"])
            {
                foreach (var number in (int[])[32, 200, 2000])
                {
                    crowds.Add(kind, number);
                }
            }

            return crowds;
        }
    }

    [Theory]
    [MemberData(nameof(Crowds))]
    public void A_crowd_of_clients_at_both_ports_blocks_neither_and_costs_no_memory(string kind, int number)
    {
        AssertAnswers();
        var before = Scrape.Of(_agent)["process_resident_memory_bytes"];
        foreach (var address in (string[])[Scrape.AddressOf(_agent), Health])
        {
            for (var stranger = 0; stranger < number; stranger++)
            {
                Send(Connect(address), kind);
            }

            AssertAnswers();
        }

        AssertAnswers();
        var scrape = Scrape.Of(_agent);
        Assert.True(scrape["process_resident_memory_bytes"] - before < MostGrowth, $"{(scrape["process_resident_memory_bytes"] - before) / 1048576:0.0} MiB more than before");
        Assert.InRange(scrape["process_open_fds"], 1, 300);
        Assert.Equal(0, scrape.Sum("netmon_faults_total"));
        _agent.Stop();
    }

    [Fact]
    public async Task Clients_that_send_one_byte_at_a_time_are_closed_and_block_no_other()
    {
        string[] addresses = [Scrape.AddressOf(_agent), Health];
        using var stop = new CancellationTokenSource();
        var dripping = Task.Run(
            () =>
            {
                var clients = new Dictionary<Socket, string>();
                while (!stop.IsCancellationRequested)
                {
                    foreach (var address in addresses)
                    {
                        while (clients.Values.Count(value => value == address) < 100)
                        {
                            clients.Add(Connect(address), address);
                        }
                    }

                    foreach (var client in clients.Keys.ToArray())
                    {
                        try
                        {
                            client.Send("G"u8);
                        }
                        catch (SocketException)
                        {
                            clients.Remove(client);
                        }
                    }

                    Thread.Sleep(20);
                }
            },
            TestContext.Current.CancellationToken);
        for (var round = 0; round < 50; round++)
        {
            AssertAnswers();
        }

        await stop.CancelAsync();
        await dripping;
        _agent.Stop();
    }

    [Fact]
    public void A_separate_port_serves_only_probes()
    {
        Assert.Equal(404, Get(Health, "/metrics").Status);
        Assert.Equal((200, "ok\n"), Get(Health, "/healthz"));
        _agent.Stop();
    }

    public void Dispose()
    {
        _strangers.ForEach(stranger => stranger.Dispose());
        _agent.Dispose();
    }

    /// <summary>Each within a kubelet's timeout of 3 s, unless this machine is busy: then again, as a kubelet retries.</summary>
    private void AssertAnswers()
    {
        WaitFor.True(() => Get(Health, "/healthz").Status == 200, "liveness");
        WaitFor.True(() => Get(Health, "/readyz").Status == 200, "readiness");
        WaitFor.True(() => Get(Scrape.AddressOf(_agent), "/metrics").Status == 200, "metrics");
    }

    private static (int Status, string Body) Get(string address, string path)
    {
        using var client = new HttpClient { Timeout = Patience.Limit };
        try
        {
            using var response = client.GetAsync(new Uri(address + path)).GetAwaiter().GetResult();
            return ((int)response.StatusCode, response.Content.ReadAsStringAsync().GetAwaiter().GetResult());
        }
        catch (HttpRequestException)
        {
            return (0, "");
        }
    }

    private Socket Connect(string address)
    {
        var uri = new Uri(address);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        lock (_strangers)
        {
            _strangers.Add(socket);
        }

        socket.Connect(uri.Host, uri.Port);
        return socket;
    }

    private static void Send(Socket socket, string kind)
    {
        try
        {
            switch (kind)
            {
                case "half a request":
                    socket.Send("GET /metrics HTTP/1.1\r\nX: "u8);
                    break;
                case "half-closed":
                    socket.Send("GET /metrics"u8);
                    socket.Shutdown(SocketShutdown.Send);
                    break;
                case "garbage":
                    socket.Send(Encoding.Latin1.GetBytes(new string('\u00ff', 3000)));
                    break;
                case "huge headers":
                    socket.Send(Encoding.ASCII.GetBytes($"GET /metrics HTTP/1.1\r\nX: {new string('x', 60_000)}"));
                    break;
                case "never reads":
                    socket.Send("GET /metrics HTTP/1.1\r\n\r\n"u8);
                    break;
            }
        }
        catch (SocketException)
        {
            // The server closed it before it had sent everything.
        }
    }
}
