using System.Diagnostics;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>A flood of events in one cgroup beside a neighbour's connections in another.</summary>
public sealed class FairShareTests(ITestOutputHelper output)
{
    private const int NeighbourConnections = 400;

    /// <summary>The neighbour: 100 connections a second for four seconds, which is 400 events a second.</summary>
    private static readonly string[] NeighbourLoad =
        ["run", "--connections", $"{NeighbourConnections}", "--rate", "100", "--name", "neighbour", "--log"];

    [Fact]
    public void With_a_share_a_flood_costs_its_own_cgroup_alone()
    {
        var (comparison, log) = TraceBesideFlood("--fair-share", "2000");
        comparison.AssertExact();
        Assert.True(LossReport.Number(log, "source.fair_share") > 0, $"nothing of the flood was over its share: the test shows nothing\n{log}");
        AssertAccount(log);
    }

    [Fact]
    public void A_share_that_nobody_exceeds_costs_nothing()
    {
        using var cgroup = new ChildCgroup();
        using var traced = new TracedNamespace(start: true, "--fair-share", "2000");
        var truth = traced.File("truth.tsv");
        cgroup.Run(traced.Space, Repository.Load, [.. NeighbourLoad, truth]).MustSucceed();
        traced.Space.WaitUntilClosed();
        Comparison.Of(TruthLog.Read(truth), traced.EventsAtEnd()).AssertExact();
        Assert.Equal(0, LossReport.Number(traced.Agent.Log, "source.fair_share"));
    }

    [Fact]
    public void Without_one_what_is_missing_is_counted()
    {
        var (comparison, log) = TraceBesideFlood();
        Assert.Equal(0, comparison.Surplus);
        Assert.True(comparison.Missing <= LossReport.Number(log, "source.ring_full"), $"{comparison}\n{log}");
        AssertAccount(log);
    }

    private static void AssertAccount(string log)
    {
        var lost = new[] { "source.ring_full", "source.no_room", "source.fair_share" }.Sum(reason => LossReport.Number(log, reason));
        Assert.Equal(LossReport.Number(log, "seen"), LossReport.Number(log, "to rings") + lost);
    }

    private (Comparison Comparison, string Log) TraceBesideFlood(params string[] options)
    {
        Needs.Storm();
        using var noisy = new ChildCgroup();
        using var quiet = new ChildCgroup();
        using var traced = new TracedNamespace(start: true, options);
        var truth = traced.File("truth.tsv");
        using var flood = Process.Start(
            new ProcessStartInfo(Repository.Storm, ["--seconds", "3600", "--cgroup", $"{noisy.Id}", "--agent", $"{traced.Agent.Id}"]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        try
        {
            quiet.Run(traced.Space, Repository.Load, [.. NeighbourLoad, truth]).MustSucceed();
            traced.Space.WaitUntilClosed();
        }
        finally
        {
            flood.Kill();
            flood.WaitForExit();
        }

        var comparison = Comparison.Of(TruthLog.Read(truth), traced.EventsAtEnd());
        output.WriteLine($"{comparison.ToString().Split('\n')[0]}\n{traced.Agent.Log.TrimEnd().Split('\n')[^1]}");
        return (comparison, traced.Agent.Log);
    }
}
