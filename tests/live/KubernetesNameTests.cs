using System.Diagnostics;
using System.Net;
using System.Text.Json;
using NetMon.LiveTests.Support;
using NetMon.Tests.Kubernetes;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// Names of peers from the Kubernetes API: real connections in a network namespace, an agent with netmon-kubernetes, and a test API server.
/// </summary>
public sealed class KubernetesNameTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Addresses = 5;
    private const int Rounds = 60;
    private const int Services = 5_000;

    /// <summary>Arguments of the agent for the large cluster.</summary>
    private const double MostMebibytes = 16;

    private readonly Scratch _scratch = new();
    private readonly TestAuthority _authority = new();
    private readonly TestCluster _cluster = new();
    private readonly Dictionary<long, string> _seen = [];
    private TestApiServer _server = null!;
    private int _logs;
    private int _read;

    public async ValueTask InitializeAsync()
    {
        _server = new TestApiServer(_cluster, _authority.Sign(IPAddress.Loopback)) { Token = "the-token" };
        await _server.StartAsync();
        await File.WriteAllTextAsync(_scratch["token"], "the-token");
        await File.WriteAllTextAsync(_scratch["ca.crt"], _authority.Pem);
        _cluster.Put(TestObject.Node("n1", "172.16.0.1", "10.1.0.0/24"));
        _cluster.Put(TestObject.Service("shop", "web", "10.96.0.10"));
        for (var address = 0; address < Addresses; address++)
        {
            _cluster.Put(Slice(address, "pod-0"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Names_are_never_wrong_while_addresses_move_and_stay_while_the_API_is_down()
    {
        using var traced = Start();
        var agent = traced.Agent;
        await UntilNamedAsync(traced, 0, "pod-0", "");
        Assert.Equal("web", Service(traced, "10.96.0.10", 80));

        var slowest = TimeSpan.Zero;
        for (var round = 1; round <= Rounds; round++)
        {
            var (address, name, before) = (round % Addresses, $"pod-{round}", $"pod-{Math.Max(round - Addresses, 0)}");
            var since = Stopwatch.StartNew();
            _cluster.Put(Slice(address, name));
            await UntilNamedAsync(traced, address, name, before);
            slowest = since.Elapsed > slowest ? since.Elapsed : slowest;
        }

        output.WriteLine($"{Rounds} addresses changed hands; the new name was in an event after {slowest.TotalMilliseconds:0} ms at most");
        var scrape = Scrape.Of(agent);
        Assert.Equal(0, scrape.Sum("netmon_naming_delayed_batches_total")); // no event has waited
        Assert.Equal(Addresses, scrape["netmon_kubernetes_objects{kind=\"slices\"}"]);
        Assert.Equal(6, scrape.Sum("netmon_kubernetes_requests_total"));

        await _server.StopAsync();
        WaitFor.True(() => Scrape.Get(agent, "/healthz").Body.Contains("kubernetes", StringComparison.Ordinal), "word of it");
        Assert.Equal(200, Scrape.Get(agent, "/healthz").Status);
        Assert.Equal($"pod-{Rounds}", Pod(traced, Rounds % Addresses));
        await _server.StartAsync();
        WaitFor.True(() => Scrape.Get(agent, "/healthz").Body == "ok\n", "its return");
        agent.Stop();
    }

    [Fact]
    public async Task A_killed_child_is_restarted_and_names_stay()
    {
        using var traced = Start();
        await UntilNamedAsync(traced, 0, "pod-0", "");
        Shell.Script($"kill -KILL $(pgrep -P {traced.Agent.Id} netmon-kubernet)").MustSucceed();
        Assert.Equal("pod-0", Pod(traced, 0));
        _cluster.Put(Slice(0, "pod-1"));
        await UntilNamedAsync(traced, 0, "pod-1", "pod-0");
        Assert.Contains("netmon-kubernetes ended unexpectedly with exit code 137; restarting it in", traced.Agent.Log, StringComparison.Ordinal);
        traced.Agent.Stop();
    }

    [Fact]
    public void Five_thousand_Services_with_twenty_thousand_endpoints_fit_into_the_memory_of_the_agent()
    {
        double without;
        using (var traced = Start())
        {
            WaitFor.True(() => Scrape.Of(traced.Agent)["netmon_kubernetes_objects{kind=\"slices\"}"] == Addresses, "the small cluster");
            without = Mebibytes(traced.Agent.Id);
            traced.Agent.Stop();
        }

        for (var node = 0; node < 200; node++)
        {
            _cluster.Put(TestObject.Node($"node-{node}", $"172.17.0.{node}", $"10.{node}.0.0/24"));
        }

        for (var service = 0; service < Services; service++)
        {
            _cluster.Put(TestObject.Service($"team-{service % 100}", $"orders-{service}", $"10.97.{service >> 8}.{service & 255}"));
            _cluster.Put(TestObject.Slice($"team-{service % 100}", $"orders-{service}-x7k2p", $"orders-{service}", [.. Enumerable.Range(0, 4).Select(i => ($"10.{2 + (service >> 6)}.{service & 63}.{i + 1}", $"orders-{service}-6d9f7c5b84-{i}x2zq", $"node-{(service + i) % 200}"))]));
        }

        using var large = Start();
        WaitFor.True(() => Scrape.Of(large.Agent)["netmon_kubernetes_objects{kind=\"slices\"}"] == Services + Addresses, "the large cluster");
        var with = 0.0;
        WaitFor.True(() => (with = Mebibytes(large.Agent.Id)) - without < MostMebibytes, $"its memory to be at most {MostMebibytes} MiB more than {without:0.0}");
        output.WriteLine($"anonymous memory of the agent: {without:0.0} MiB with a small cluster, {with:0.0} with {Services} Services of 4 endpoints each");
        large.Agent.Stop();
    }

    /// <summary>The private memory of a process, without file pages.</summary>
    private static double Mebibytes(int process) => File.ReadLines($"/proc/{process}/status").Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture) / 1024.0).Single();

    private static TestObject Slice(int address, string pod) => TestObject.Slice("shop", $"slice-{address}", "web", ($"10.1.0.{address + 1}", pod, "n1"));

    private TracedNamespace Start()
    {
        var traced = new TracedNamespace(start: false, "--runtime-endpoint", "none", "--metrics", "127.0.0.1:0", "--kubernetes-api", _server.Address, "--kubernetes-token-file", _scratch["token"], "--kubernetes-ca-file", _scratch["ca.crt"]);
        traced.Space.Script("ip route add local 10.1.0.0/16 dev lo && ip route add local 10.96.0.0/16 dev lo");
        traced.StartAgent();
        return traced;
    }

    /// <summary>Connects until the peer has the expected name; until then it has the previous one, or none.</summary>
    private async Task UntilNamedAsync(TracedNamespace traced, int address, string name, string before)
    {
        using var bound = new CancellationTokenSource(Patience.Limit);
        string seen;
        while ((seen = Pod(traced, address)) != name)
        {
            Assert.True(seen.Length == 0 || seen == before, $"{seen} has the address of {before}, then {name}'s");
            Assert.False(bound.IsCancellationRequested, $"waited in vain for {name}; the agent said:\n{traced.Agent.Log}");
            await Task.Yield();
        }
    }

    private string Pod(TracedNamespace traced, int address) => Peer(traced, $"10.1.0.{address + 1}", 9, "pod_name");

    private string Service(TracedNamespace traced, string address, int port) => Peer(traced, address, port, "service");

    /// <summary>A field of the peer in the event of a connection attempt.</summary>
    private string Peer(TracedNamespace traced, string address, int port, string field)
    {
        var log = _scratch[$"log-{_logs++}"];
        traced.Space.Run(Repository.Load, "connect", address, $"{port}", "--log", log).MustSucceed();
        var pid = TruthLog.Read(log)[0].Pid;
        WaitFor.True(
            () =>
            {
                var lines = File.ReadAllText(traced.File("events.json"));
                foreach (var line in lines[_read..(lines.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    using var document = JsonDocument.Parse(line);
                    _seen[document.RootElement.GetProperty("pid").GetInt64()] = line;
                }

                _read = lines.LastIndexOf('\n') + 1;
                return _seen.ContainsKey(pid);
            },
            "the event");
        using var e = JsonDocument.Parse(_seen[pid]);
        return e.RootElement.TryGetProperty("peer", out var peer) && peer.TryGetProperty(field, out var value) ? value.GetString()! : "";
    }
}
