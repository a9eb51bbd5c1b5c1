using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>How the agent ends: what happened before the signal is written, and nothing is left half done.</summary>
public sealed class StopTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void What_happened_in_the_last_moment_before_the_signal_is_in_both_outputs(string signal)
    {
        Needs.Tracing();
        // Where a shell has put these tests into the background, SIGINT is ignored, and so it would be in what they start.
        using var agent = AgentProcess.Start(
            "/usr/bin/env", [$"--default-signal={signal}", Repository.Agent, "run", "--json", _scratch["events.json"], "--capture", _scratch["capture"]], readStdout: false);
        // The signal is sent by the same shell, in the line after the load has ended.
        Shell.Script($"{Repository.Load} run --connections 500 --log {_scratch["truth.tsv"]} && kill -{signal} {agent.Id}").MustSucceed();
        Assert.Equal(0, agent.WaitForExit());
        var truth = TruthLog.Read(_scratch["truth.tsv"]);
        var lines = Comparison.Of(truth, SeenEvent.Read(_scratch["events.json"]));
        lines.AssertExact();
        var pid = truth[0].Pid;
        Assert.Equal(lines.Seen, Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])} WHERE pid = {pid}"));
    }

    [Fact]
    public void The_duration_ends_the_agent_by_itself()
    {
        using var agent = AgentProcess.Start("--json", "none", "--source", "synthetic:rate=1000", "--duration", "300ms");
        Assert.Equal(0, agent.WaitForExit());
        Assert.Contains("nothing lost", agent.Log, StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();
}
