using NetMon.LiveTests.Support;
using NJsonSchema;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The program's outputs when their environment fails, and the contents of a recording.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public async Task Stdout_has_only_lines_that_match_the_schema()
    {
        Needs.Tracing();
        Shell.Result result;
        using (var agent = AgentProcess.Start("/bin/sh", ["-c", $"exec {Repository.Agent} run > {_scratch["out"]}"], readStdout: false))
        {
            result = Shell.Run(Repository.Load, "run", "--connections", "200", "--family", "both", "--refused", "10", "--reset", "10").MustSucceed();
            agent.Stop();
        }

        var schema = await JsonSchema.FromFileAsync(Path.Combine(Repository.Root, "schemas/event.schema.json"), TestContext.Current.CancellationToken);
        var lines = await File.ReadAllLinesAsync(_scratch["out"], TestContext.Current.CancellationToken);
        Assert.True(lines.Length >= 700, $"{lines.Length} lines; {result.Output}");
        Assert.All(lines, line => Assert.Empty(schema.Validate(line)));
    }

    [Fact]
    public void A_blocked_stdout_costs_no_Parquet_row_and_does_not_block_the_stop()
    {
        using var agent = AgentProcess.Start(Repository.Agent, ["run", "--source", "synthetic:rate=100000,count=400000", "--capture", _scratch["capture"]], readStdout: true);
        // Its stdout is a pipe that this test does not read until the agent has exited.
        Assert.Equal(0, agent.WaitForExit());
        Assert.Equal(400_000, LossReport.Number(agent.Log, "parquet"));
        Assert.Equal(400_000, Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])}"));
        var (written, dropped) = (LossReport.Number(agent.Log, "json"), LossReport.Number(agent.Log, "json.queue_full"));
        Assert.True(dropped > 0, agent.Log);
        Assert.Equal(400_000, written + dropped);
        var lines = agent.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(written, lines.Length);
        Assert.All(lines, line => SeenEvent.Parse(line));
    }

    [Fact]
    public void A_closed_stdout_is_counted_and_costs_no_Parquet_row()
    {
        var result = Shell.Script($"{Repository.Agent} run --source synthetic:count=100000 --capture {_scratch["capture"]} 2>{_scratch["log"]} | head -n 10");
        Assert.Equal(10, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var log = "";
        WaitFor.True(() => (log = File.ReadAllText(_scratch["log"])).Contains("stopped:", StringComparison.Ordinal), "the agent's end");
        Assert.Equal(100_000, LossReport.Number(log, "parquet"));
        Assert.Equal(100_000, LossReport.Number(log, "json") + LossReport.Number(log, "json.failed"));
        Assert.True(LossReport.Number(log, "json.failed") > 0, log);
    }

    [Fact]
    public void A_JSON_file_is_rotated_by_rename_and_SIGHUP_and_no_line_is_lost()
    {
        using var agent = AgentProcess.Start("--source", "synthetic:rate=20000", "--json", _scratch["out.json"]);
        for (var rotation = 1; rotation <= 3; rotation++)
        {
            WaitFor.True(() => File.Exists(_scratch["out.json"]) && new FileInfo(_scratch["out.json"]).Length > 0, "lines in the file");
            File.Move(_scratch["out.json"], _scratch[$"out.json.{rotation}"]);
            agent.Signal("HUP");
        }

        WaitFor.True(() => File.Exists(_scratch["out.json"]) && new FileInfo(_scratch["out.json"]).Length > 0, "lines in the last file");
        agent.Stop();

        string[] lines = [.. new[] { "out.json.1", "out.json.2", "out.json.3", "out.json" }.SelectMany(name => File.ReadLines(_scratch[name]))];
        Assert.All(lines, line => SeenEvent.Parse(line));
        Assert.Equal(LossReport.Number(agent.Log, "json"), lines.Length);
        Assert.Contains("reopened", agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_removed_JSON_file_is_opened_again_and_logged()
    {
        using var agent = AgentProcess.Start("--source", "synthetic:rate=1000", "--json", _scratch["out.json"]);
        WaitFor.True(() => new FileInfo(_scratch["out.json"]).Length > 0, "lines in the file");
        File.Delete(_scratch["out.json"]);
        WaitFor.True(() => File.Exists(_scratch["out.json"]) && new FileInfo(_scratch["out.json"]).Length > 0, "lines in a new file");
        agent.Stop();

        Assert.All(File.ReadLines(_scratch["out.json"]), line => SeenEvent.Parse(line));
        Assert.Matches("out.json was removed or renamed: reopened. Up to [0-9]+ lines", agent.Log);
    }

    [Fact]
    public void SIGHUP_does_not_stop_an_agent_that_writes_to_stdout()
    {
        using var agent = AgentProcess.Start("/bin/sh", ["-c", $"exec {Repository.Agent} run --source synthetic:rate=1000 > {_scratch["out"]}"], readStdout: false);
        agent.Signal("HUP");
        WaitFor.True(() => agent.Log.Contains("is not a file", StringComparison.Ordinal), "the answer to SIGHUP");
        agent.Stop();
        Assert.Equal(LossReport.Number(agent.Log, "json"), File.ReadLines(_scratch["out"]).Count());
    }

    [Fact]
    public void A_recording_replays_every_line_with_its_container()
    {
        using (var agent = AgentProcess.Start(
            "--json", _scratch["live.json"], "--record", _scratch["stream"], "--source", "synthetic:rate=20000,count=40000,containers=30,churn=20"))
        {
            Assert.Equal(0, agent.WaitForExit());
        }

        using var replay = AgentProcess.Start("--json", _scratch["replay.json"], "--source", $"replay:{_scratch["stream"]}");
        Assert.Equal(0, replay.WaitForExit());
        var lines = File.ReadAllLines(_scratch["live.json"]);
        Assert.Equal(40_000, lines.Length);
        Assert.All(lines, line => Assert.Contains("\"container_id\":", line, StringComparison.Ordinal));
        Assert.Equal(lines, File.ReadAllLines(_scratch["replay.json"]));
    }

    [Fact]
    public void A_paced_source_counts_events_that_do_not_fit_into_the_rings()
    {
        using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--source", "synthetic:rate=20000000,count=3000000", "--ring-memory", "0.25");
        Assert.Equal(0, agent.WaitForExit());
        var (seen, delivered) = (LossReport.Number(agent.Log, "seen"), LossReport.Number(agent.Log, "to rings"));
        Assert.Equal(3_000_000, seen);
        Assert.Equal(seen, delivered + LossReport.Number(agent.Log, "source.ring_full"));
        Assert.Equal(delivered, LossReport.Number(agent.Log, "decoded"));
        Assert.Equal(delivered, LossReport.Number(agent.Log, "json") + LossReport.Number(agent.Log, "json.queue_full"));
        Assert.Equal(LossReport.Number(agent.Log, "json"), File.ReadLines(_scratch["events.json"]).LongCount());
    }

    [Fact]
    public void A_recording_replays_to_the_same_lines()
    {
        Needs.Tracing();
        using (var agent = AgentProcess.Start("--json", _scratch["first.json"], "--record", _scratch["tape"]))
        {
            Shell.Run(Repository.Load, "run", "--connections", "1000", "--family", "both").MustSucceed();
            agent.Stop();
        }

        using var replay = AgentProcess.Start("--json", _scratch["second.json"], "--source", $"replay:{_scratch["tape"]}");
        Assert.Equal(0, replay.WaitForExit());
        var times = File.ReadLines(_scratch["first.json"]).ToList();
        Assert.True(times.Count >= 4000);
        Assert.Equal(times.Order(), File.ReadLines(_scratch["second.json"]).Order());
    }

    [Fact]
    public void Lines_are_in_time_order()
    {
        Needs.Tracing();
        using var agent = AgentProcess.Start("--json", _scratch["events.json"]);
        Shell.Run(Repository.Load, "run", "--connections", "5000", "--family", "both").MustSucceed();
        agent.Stop();
        var times = SeenEvent.Read(_scratch["events.json"]).Select(e => e.Timestamp).ToList();
        Assert.True(times.Count >= 20_000);
        Assert.Equal(times.Order(StringComparer.Ordinal), times);
    }

    public void Dispose() => _scratch.Dispose();
}
