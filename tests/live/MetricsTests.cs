using System.Net.Sockets;
using System.Text.RegularExpressions;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>What a scraper and a kubelet receive.</summary>
public sealed class MetricsTests : IDisposable
{
    private const string Anywhere = "127.0.0.1:0";
    private readonly Scratch _scratch = new();

    [Fact]
    public void The_counters_agree_with_the_lines_and_with_each_other()
    {
        Needs.Tracing();
        using var agent = AgentProcess.Start("--metrics", Anywhere, "--json", _scratch["events.json"], "--capture", _scratch["capture"]);
        var before = Scrape.Of(agent);
        Shell.Run(Repository.Load, "run", "--connections", "300", "--refused", "20").MustSucceed();
        Scrape? after = null;
        // Other processes may be connecting right now, so it may take several polls until no event is in flight.
        WaitFor.True(
            () =>
            {
                after = Scrape.Of(agent);
                var lines = File.ReadLines(_scratch["events.json"]).LongCount();
                return after["netmon_source_seen_events_total"] >= before["netmon_source_seen_events_total"] + 1020
                    && after["netmon_source_seen_events_total"] == after["netmon_source_delivered_events_total"]
                    && after["netmon_decoded_events_total"] == after["netmon_source_delivered_events_total"]
                    && after.Sum("netmon_events_total") == after["netmon_decoded_events_total"]
                    && after["""netmon_sink_delivered_events_total{sink="json"}"""] == lines
                    && after["""netmon_sink_offered_events_total{sink="json"}"""] == lines
                    && after["netmon_decoded_events_total"] == lines;
            },
            "counters that agree");
        Assert.True(after!["""netmon_events_total{type="CONNECT",result="established"}"""] >= 240);
        Assert.True(after["""netmon_events_total{type="ACCEPT",result="established"}"""] >= 240);
        Assert.True(after["""netmon_events_total{type="CONNECT",result="refused"}"""] >= 60);
        Assert.True(after.Sum("netmon_events_total") - before.Sum("netmon_events_total") >= 1020);
        Assert.Equal(new FileInfo(_scratch["events.json"]).Length, after["""netmon_sink_written_bytes_total{sink="json"}"""]);
        Assert.Equal(0, after.Sum("netmon_dropped_events_total"));
        Assert.InRange(after["""netmon_sink_write_seconds_count{sink="json"}"""], 1, after["netmon_decoded_events_total"]);
        Assert.True(after["netmon_capture_free_bytes"] > 0);
        Assert.Equal(1, after["netmon_capture_scan_complete"]);
        Assert.InRange(after["netmon_ring_size_bytes"], 8 * 1024 * 1024, 10 * 1024 * 1024);
        agent.Stop();
    }

    [Fact]
    public void The_text_is_valid_for_Prometheus_and_its_names_follow_the_conventions()
    {
        using var agent = AgentProcess.Start("--metrics", Anywhere, "--json", "none", "--capture", _scratch["capture"], "--source", "synthetic:rate=50000,containers=20", "--workload-metrics", "3");
        WaitFor.True(() => Scrape.Of(agent)["""netmon_container_events_total{names="miss"}"""] > 10_000, "events");
        var scrape = Scrape.Of(agent);
        Assert.InRange(scrape.Series.Count, 80, 400);
        var types = Regex.Matches(scrape.Text, "^# TYPE ([a-z_]+) (counter|gauge|histogram)$", RegexOptions.Multiline).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        foreach (var series in scrape.Series.Keys)
        {
            var name = Regex.Match(series, "^[a-z_]+").Value;
            var family = types.ContainsKey(name) ? name : Regex.Replace(name, "_(bucket|sum|count)$", "");
            Assert.True(types.TryGetValue(family, out var type), $"{series} has no TYPE");
            Assert.Contains($"# HELP {family} ", scrape.Text, StringComparison.Ordinal);
            Assert.Equal(type == "counter", family.EndsWith("_total", StringComparison.Ordinal));
            Assert.Matches("^(netmon|process)_", name);
        }

        if (Shell.Script("command -v promtool").ExitCode == 0)
        {
            File.WriteAllText(_scratch["metrics"], scrape.Text);
            var lint = Shell.Script($"promtool check metrics < {_scratch["metrics"]}");
            Assert.True(lint.ExitCode == 0, lint.Output + lint.Error);
        }
    }

    [Fact]
    public void A_loss_is_reported_by_stage_and_reason()
    {
        // Nobody reads its stdout. The rings can handle the rate on a busy machine, too.
        using var agent = AgentProcess.Start(
            Repository.Agent, ["run", "--metrics", Anywhere, "--source", "synthetic:rate=20000", "--ring-memory", "64"], readStdout: true);
        WaitFor.True(() => Scrape.Of(agent)["""netmon_dropped_events_total{stage="json",reason="queue_full"}"""] > 0, "dropped lines");
        var scrape = Scrape.Of(agent);
        Assert.Equal(0, scrape["""netmon_dropped_events_total{stage="source",reason="ring_full"}"""]);
        Assert.Equal(0, scrape["""netmon_dropped_events_total{stage="json",reason="failed"}"""]);
        Assert.DoesNotContain("netmon_workload", scrape.Text, StringComparison.Ordinal); // without --workload-metrics
        Assert.Equal(200, Scrape.Get(agent, "/readyz").Status);
    }

    [Fact]
    public void Only_health_and_readiness_are_served()
    {
        using var agent = AgentProcess.Start("--metrics", Anywhere, "--json", "none", "--source", "synthetic:rate=1000");
        WaitFor.True(() => Scrape.Get(agent, "/readyz").Status == 200, "readiness");
        Assert.Equal((200, "ok\n"), Scrape.Get(agent, "/healthz"));
        Assert.Equal((200, ""), Scrape.Get(agent, "/metrics", "HEAD"));
        Assert.Equal(404, Scrape.Get(agent, "/").Status);
        Assert.Equal(404, Scrape.Get(agent, "/metrics/../etc/passwd").Status);
        Assert.Equal(405, Scrape.Get(agent, "/metrics", "POST").Status);
    }

    [Fact]
    public void A_draining_agent_is_not_ready_but_alive()
    {
        using var agent = AgentProcess.Start(Repository.Agent, ["run", "--metrics", Anywhere, "--source", "synthetic:rate=200000"], readStdout: true);
        WaitFor.True(() => Scrape.Of(agent)["""netmon_sink_queued_batches{sink="json"}"""] > 20, "a sink that waits");
        agent.Signal("TERM");
        var (status, body) = (0, "");
        WaitFor.True(
            () =>
            {
                // A little at a time: the sink makes progress, and the end can't come before the test has checked.
                Assert.True(agent.StandardOutput.Read(new char[4096]) > 0, "the agent has ended");
                return ((status, body) = Scrape.Get(agent, "/readyz")).Item1 == 503;
            },
            "readiness to end");
        Assert.StartsWith("stopping", body, StringComparison.Ordinal);
        Assert.Equal(200, Scrape.Get(agent, "/healthz").Status);
        agent.StandardOutput.ReadToEnd();
        Assert.Equal(0, agent.WaitForExit());
    }

    [Fact]
    [Trait("suite", "offline")] // it waits for a minute
    public void A_loop_that_hangs_fails_the_health_check()
    {
        // A recording into a pipe that nobody empties: the decoder blocks in write(2) forever.
        Shell.Run("mkfifo", _scratch["pipe"]).MustSucceed();
        using var reader = new FileStream(_scratch["pipe"], FileMode.Open, FileAccess.ReadWrite);
        using var agent = AgentProcess.Start("--metrics", Anywhere, "--json", "none", "--record", _scratch["pipe"], "--source", "synthetic:rate=200000");
        var (status, body) = (0, "");
        WaitFor.True(() => ((status, body) = Scrape.Get(agent, "/healthz")).Item1 == 503, "the decoder to be found hanging");
        Assert.Contains("the decoder on its thread, has made no progress", body, StringComparison.Ordinal);
        Assert.Equal(503, Scrape.Get(agent, "/readyz").Status);
        WaitFor.True(() => Scrape.Of(agent)["""netmon_dropped_events_total{stage="source",reason="ring_full"}"""] > 0, "the rings to be full");
        // It can't drain, so it exits when its drain timeout expires: 50 s.
        agent.Signal("TERM");
        Assert.Equal(1, agent.WaitForExit());
        Assert.Contains("still running 50 s after the signal", agent.Log, StringComparison.Ordinal);
        Assert.Contains("stopped: seen", agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Silent_clients_are_closed_and_cost_no_event()
    {
        using var agent = AgentProcess.Start("--metrics", Anywhere, "--json", "none", "--source", "synthetic:rate=10000");
        var address = new Uri(Scrape.AddressOf(agent));
        var silent = Enumerable.Range(0, 100).Select(_ => new TcpClient(address.Host, address.Port)).ToList();
        silent.ForEach(client => client.GetStream().Write("GET /metrics HTTP/1.1\r\nX: "u8));
        WaitFor.True(() => TryScrape(agent) is { } scrape && scrape.Sum("netmon_dropped_events_total") == 0, "an answer");
        silent.ForEach(client => client.Dispose());
        Assert.Equal(200, Scrape.Get(agent, "/healthz").Status);
    }

    [Theory]
    [InlineData("9464")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::1:9464")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("localhost:9464")]
    public void An_address_without_a_port_is_wrong_usage(string text)
    {
        var result = Shell.Run(Repository.Agent, "run", "--metrics", text, "--source", "synthetic:count=1", "--json", "none");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"--metrics {text}: expected an address and a port", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_in_use_stops_the_agent_with_a_message_before_it_traces()
    {
        using var other = new TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var result = Shell.Run(Repository.Agent, "run", "--metrics", $"{other.LocalEndpoint}", "--source", "synthetic:count=1", "--json", "none");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"--metrics {other.LocalEndpoint}: Address already in use", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("ready:", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    private static Scrape? TryScrape(AgentProcess agent)
    {
        try
        {
            return Scrape.Of(agent);
        }
        catch (HttpRequestException)
        {
            return null; // it accepts no more connections at the moment
        }
    }
}
