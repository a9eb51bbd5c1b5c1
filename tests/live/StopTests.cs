using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The agent's stop: events from before the signal are written, and no file is left incomplete.</summary>
public sealed class StopTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void Events_from_just_before_the_signal_are_in_both_outputs(string signal)
    {
        Needs.Tracing();
        // In a shell's background job SIGINT is ignored, also in the processes that these tests start.
        using var agent = AgentProcess.Start(
            "/usr/bin/env", [$"--default-signal={signal}", Repository.Agent, "run", "--json", _scratch["events.json"], "--capture", _scratch["capture"]], readStdout: false);
        // The same shell sends the signal, on the line after the load.
        Shell.Script($"{Repository.Load} run --connections 500 --log {_scratch["truth.tsv"]} && kill -{signal} {agent.Id}").MustSucceed();
        Assert.Equal(0, agent.WaitForExit());
        var truth = TruthLog.Read(_scratch["truth.tsv"]);
        var lines = Comparison.Of(truth, SeenEvent.Read(_scratch["events.json"]));
        lines.AssertExact();
        var pid = truth[0].Pid;
        Assert.Equal(lines.Seen, Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])} WHERE pid = {pid}"));
    }

    [Fact]
    public void The_agent_exits_after_its_duration()
    {
        using var agent = AgentProcess.Start("--json", "none", "--source", "synthetic:rate=1000", "--duration", "300ms");
        Assert.Equal(0, agent.WaitForExit());
        Assert.Contains("nothing lost", agent.Log, StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();
}
