using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The rules and the dashboard of ops/monitoring with a real Prometheus that scrapes a real agent.</summary>
[Trait("suite", "offline")]
public sealed class PrometheusTests : IDisposable
{
    private static readonly string Monitoring = Path.Combine(Repository.Root, "ops/monitoring");
    private static readonly HttpClient Http = new() { Timeout = Patience.Limit };
    private readonly Scratch _scratch = new();

    [Fact]
    public void The_rules_are_valid_and_fire_as_tested()
    {
        Needs.Program("promtool");
        Shell.Run("promtool", "check", "rules", Path.Combine(Monitoring, "alerts.yaml")).MustSucceed();
        Shell.Script($"cd {Monitoring} && promtool test rules alerts.test.yaml").MustSucceed();
    }

    [Fact]
    public void A_provoked_loss_fires_its_alert_and_every_query_of_the_dashboard_returns_data()
    {
        Needs.Program("prometheus");
        // Nobody reads its stdout: after five seconds lines are dropped. One runtime is configured, so that its metrics exist.
        using var agent = AgentProcess.Start(
            Repository.Agent,
            ["run", "--metrics", "127.0.0.1:0", "--capture", _scratch["capture"], "--source", "synthetic:rate=20000,containers=20,node=1", "--workload-metrics", "5", "--runtime-endpoint", $"unix://{_scratch["absent.sock"]}"],
            readStdout: true);
        using var prometheus = Start(new Uri(Scrape.AddressOf(agent)).Authority, out var address);
        try
        {
            WaitFor.True(
                () => Get(address, "/api/v1/alerts").GetProperty("data").GetProperty("alerts").EnumerateArray().Any(alert =>
                    alert.GetProperty("labels") is var labels && labels.GetProperty("alertname").GetString() == "NetmonEventsDropped"
                    && labels.GetProperty("stage").GetString() == "json" && labels.GetProperty("reason").GetString() == "queue_full"
                    && alert.GetProperty("state").GetString() == "firing"),
                "the alert to fire");
            using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Monitoring, "dashboard.json")));
            var queries = dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.TryGetProperty("targets", out _))
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()!)).ToList();
            Assert.True(queries.Count > 20, $"{queries.Count} queries");
            foreach (var query in queries)
            {
                var filled = query.Replace("$instance", ".*", StringComparison.Ordinal).Replace("$__rate_interval", "20s", StringComparison.Ordinal).Replace("$__range", "1m", StringComparison.Ordinal);
                WaitFor.True(() => Get(address, $"/api/v1/query?query={Uri.EscapeDataString(filled)}").GetProperty("data").GetProperty("result").GetArrayLength() > 0, $"data for {query}");
            }

            // Prometheus has the agent's own values.
            Assert.Equal("1", Get(address, "/api/v1/query?query=up").GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString());
        }
        finally
        {
            prometheus.Kill();
            prometheus.WaitForExit();
        }
    }

    public void Dispose() => _scratch.Dispose();

    private Process Start(string target, out string address)
    {
        var port = FreePort();
        address = $"http://127.0.0.1:{port}";
        File.WriteAllText(_scratch["prometheus.yml"], $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            scrape_configs:
              - job_name: netmon
                static_configs: [{targets: ["{{target}}"]}]
            rule_files: ["{{Monitoring}}/alerts.yaml"]
            """);
        var prometheus = Process.Start(new ProcessStartInfo(
            "prometheus",
            [$"--config.file={_scratch["prometheus.yml"]}", $"--storage.tsdb.path={_scratch["tsdb"]}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]))!;
        var ready = address;
        WaitFor.True(() => TryGet($"{ready}/-/ready"), "Prometheus to be ready");
        return prometheus;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool TryGet(string url)
    {
        try
        {
            using var answer = Http.GetAsync(url).GetAwaiter().GetResult();
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static JsonElement Get(string address, string path) => JsonDocument.Parse(Http.GetStringAsync(address + path).GetAwaiter().GetResult()).RootElement;
}
