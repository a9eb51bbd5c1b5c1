using System.Text.Json;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>What a scraper sees by workload, beside the lines of the same events.</summary>
public sealed class WorkloadMetricsTests : IDisposable
{
    private const string Anywhere = "127.0.0.1:0";
    private const string Connections = "netmon_workload_connections_total";
    private const string Sent = "netmon_workload_sent_bytes_total";
    private const string Received = "netmon_workload_received_bytes_total";
    private readonly Scratch _scratch = new();

    [Fact]
    public void The_sums_over_all_workloads_are_those_of_the_lines_and_no_series_falls()
    {
        const int most = 5;
        // The recording goes into a pipe that is read in steps, so the decoder waits for the next step while the metrics are read.
        Shell.Run("mkfifo", _scratch["pipe"]).MustSucceed();
        using var pipe = new FileStream(_scratch["pipe"], FileMode.Open, FileAccess.ReadWrite);
        using var agent = AgentProcess.Start(
            "--metrics", Anywhere, "--workload-metrics", $"{most}", "--json", _scratch["events.json"], "--record", _scratch["pipe"], "--source", "synthetic:rate=20000,containers=200,node=1,flow=50");
        var growth = new SeriesGrowth("netmon_workload_");
        var step = new byte[256 * 1024];
        for (var n = 0; n < 30; n++)
        {
            pipe.ReadExactly(step);
            growth.Take(Scrape.Of(agent));
        }

        Scrape? last = null;
        List<JsonElement> lines = [];
        WaitFor.True(
            () =>
            {
                growth.Take(last = Scrape.Of(agent));
                lines = Lines(_ => true); // after the scrape: as many as it has counted, so they are the same events
                return last.Sum("netmon_events_total") == lines.Count
                    && growth.Of(Connections) == last.Sum("netmon_events_total", "type=\"CONNECT\"") + last.Sum("netmon_events_total", "type=\"ACCEPT\"");
            },
            "counters that agree");
        foreach (var (direction, result) in lines.Where(line => Text(line, "type") is "CONNECT" or "ACCEPT").Select(line => (Text(line, "direction"), Text(line, "result") is { Length: > 0 } said ? said : "established")).Distinct())
        {
            var count = lines.Count(line => Text(line, "type") is "CONNECT" or "ACCEPT" && Text(line, "direction") == direction && (Text(line, "result") is { Length: > 0 } said ? said : "established") == result);
            Assert.Equal(count, growth.Of(Connections, $"direction=\"{direction}\"", $"result=\"{result}\""));
        }

        foreach (var direction in (string[])["outbound", "inbound"])
        {
            var moved = lines.Where(line => Text(line, "direction") == direction).ToList();
            Assert.Equal(moved.Sum(line => Number(line, "delta_sent")), growth.Of(Sent, $"direction=\"{direction}\""));
            Assert.Equal(moved.Sum(line => Number(line, "delta_received")), growth.Of(Received, $"direction=\"{direction}\""));
        }

        // There are more workloads than series, and those that are shown have counts of their own.
        var shown = last!.Series.Keys.Where(series => series.StartsWith(Received, StringComparison.Ordinal) && series.Contains("inbound", StringComparison.Ordinal)).ToList();
        Assert.Equal(most + 1, shown.Count);
        Assert.True(lines.Select(line => Text(line, "workload")).Distinct().Count() > 2 * most);
        Assert.InRange(growth.Of(Received, "workload=\"other\""), 1, growth.Of(Received) - 1);
        agent.Kill(); // it waits for its recording to be read
    }

    [Fact]
    public void A_unit_of_the_node_has_what_its_lines_say()
    {
        Needs.Tracing();
        var slice = $"{ChildCgroup.Root}/system.slice-{Guid.NewGuid():N}";
        var unit = $"{slice}/shop.service";
        Directory.CreateDirectory(unit);
        try
        {
            using var agent = AgentProcess.Start("--metrics", Anywhere, "--workload-metrics", "500", "--json", _scratch["events.json"]);
            Shell.Script($"echo 0 >{unit}/cgroup.procs; exec {Repository.Load} run --connections 100 --refused 10").MustSucceed();
            List<JsonElement> lines = [];
            WaitFor.True(
                () =>
                {
                    lines = Lines(line => line.Contains("\"workload\":\"node/shop.service\"", StringComparison.Ordinal));
                    return lines.Count(line => Text(line, "type") == "CLOSE") >= 2 * 80 && lines.Count(line => Text(line, "result") == "refused") >= 10;
                },
                "lines of the unit");

            // Only the first scrape may be late: a workload that is new at a later one begins at 0, and what it did until then is in workload="other".
            WaitFor.True(
                () =>
                {
                    var scrape = Scrape.Of(agent);
                    lines = Lines(line => line.Contains("\"workload\":\"node/shop.service\"", StringComparison.Ordinal));
                    const string workload = "workload=\"node/shop.service\"";
                    return lines.Sum(line => Number(line, "delta_sent")) is > 0 and var sent && scrape.Sum(Sent, workload) == sent
                        && scrape.Sum(Received, workload) == lines.Sum(line => Number(line, "delta_received"))
                        && scrape.Sum(Connections, workload, "result=\"refused\"") == lines.Count(line => Text(line, "result") == "refused")
                        && scrape.Sum(Connections, workload) == lines.Count(line => Text(line, "type") is "CONNECT" or "ACCEPT");
                },
                "series that agree with the lines");
            agent.Stop();
        }
        finally
        {
            WaitFor.True(
                () =>
                {
                    Array.ForEach([unit, slice], path =>
                    {
                        if (Directory.Exists(path))
                        {
                            Directory.Delete(path);
                        }
                    });
                    return true;
                },
                "the cgroups to be empty");
        }
    }

    [Theory]
    [InlineData("10", "requires --metrics")]
    [InlineData("501", "expected a number from 0 to 500")]
    [InlineData("ten", "expected a number from 0 to 500")]
    public void A_wrong_number_or_one_without_metrics_is_wrong_usage(string number, string said)
    {
        var result = Shell.Run(Repository.Agent, "run", "--workload-metrics", number, "--source", "synthetic:count=1", "--json", "none");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"--workload-metrics {number}: {said}", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    /// <summary>Those that are whole.</summary>
    private List<JsonElement> Lines(Predicate<string> of)
    {
        var text = File.ReadAllText(_scratch["events.json"]);
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => of(line)).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string Text(JsonElement line, string key) => line.TryGetProperty(key, out var value) ? value.GetString()! : "";

    private static long Number(JsonElement line, string key) => line.TryGetProperty(key, out var value) ? value.GetInt64() : 0;
}
