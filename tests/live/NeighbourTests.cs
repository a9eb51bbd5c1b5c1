using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>An agent next to others that start and stop at the same hooks, as in a rollout that overlaps or a manual trial.</summary>
public sealed class NeighbourTests
{
    private const int Rounds = 5;

    [Fact]
    public async Task An_agent_sees_everything_from_its_ready_line_on_while_others_start_and_stop()
    {
        Needs.Tracing();
        using var stop = new CancellationTokenSource();
        var started = 0;
        var others = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    using var other = AgentProcess.Start("--json", "none");
                    started++;
                    other.Stop();
                }
            },
            TestContext.Current.CancellationToken);
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                using var traced = new TracedNamespace(start: true);
                var log = traced.File("truth.tsv");
                traced.Space.Run(Repository.Load, "run", "--connections", "4000", "--family", "both", "--log", log).MustSucceed();
                traced.Space.WaitUntilClosed();
                var comparison = Comparison.Of(TruthLog.Read(log), traced.EventsAtEnd());
                comparison.AllowResets(traced.Space.ResetsSent());
                comparison.AssertExact();
            }
        }
        finally
        {
            await stop.CancelAsync();
            await others;
        }

        Assert.True(started > 1, "no other agent came and went: the test shows nothing");
    }
}
