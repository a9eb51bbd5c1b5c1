using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>A flood of events in one cgroup next to a neighbour's connections in another.</summary>
public sealed class FairShareTests(ITestOutputHelper output)
{
    private const int NeighbourConnections = 400;

    private const string RingFull = """netmon_dropped_events_total{stage="source",reason="ring_full"}""";

    /// <summary>The neighbour makes 100 connections a second for four seconds, which are 400 events a second.</summary>
    private static readonly string[] NeighbourLoad =
        ["run", "--connections", $"{NeighbourConnections}", "--rate", "100", "--name", "neighbour", "--log"];

    [Fact]
    public void With_a_fair_share_a_flood_costs_only_its_own_cgroup()
    {
        var (comparison, log) = TraceBesideFlood("--fair-share", "2000");
        comparison.AssertExact();
        Assert.True(LossReport.Number(log, "source.fair_share") > 0, $"nothing of the flood was over its share: the test shows nothing\n{log}");
        AssertAccount(log);
    }

    [Fact]
    public void A_fair_share_that_no_cgroup_exceeds_costs_nothing()
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
    public void Without_a_fair_share_missing_events_are_counted()
    {
        var (comparison, log) = TraceBesideFlood();
        Assert.Equal(0, comparison.Surplus);
        Assert.True(comparison.Missing <= LossReport.Number(log, "source.ring_full"), $"{comparison}\n{log}");
        AssertAccount(log);
    }

    [Fact]
    public void Losses_are_counted_by_cgroup_in_the_metrics_the_log_and_the_capture()
    {
        Needs.Tracing();
        Needs.Storm();
        using var scratch = new Scratch();
        using var noisy = new ChildCgroup();
        using var agent = AgentProcess.Start("--metrics", "127.0.0.1:0", "--json", "none", "--capture", scratch["capture"], "--ring-memory", "0.25");
        using (new FloodProcess(noisy, agent))
        {
            WaitFor.True(() => Scrape.Of(agent)[RingFull] > 0, "something of the flood to be lost");
        }

        // Events that were in flight at the end of the flood are counted a moment later.
        Scrape? scrape = null;
        var (lost, cpu) = (-1.0, -1.0);
        WaitFor.True(
            () =>
            {
                scrape = Scrape.Of(agent);
                if (scrape["process_cpu_seconds_total"] == cpu)
                {
                    return false; // the same text again: one is served for a tenth of a second
                }

                var before = lost;
                (lost, cpu) = (scrape[RingFull], scrape["process_cpu_seconds_total"]);
                return before == lost && scrape.Sum("netmon_cgroup_dropped_events_total") == lost;
            },
            "cgroups' losses that add up to all and grow no more");
        var noisyLost = scrape!["netmon_cgroup_dropped_events_total" + Labels(noisy, "reason=\"ring_full\",")];
        var noisySeen = scrape["netmon_cgroup_seen_events_total" + Labels(noisy, "")];
        Assert.InRange(noisyLost, 1, noisySeen);
        agent.Stop();

        output.WriteLine(agent.Log);
        Assert.Contains($"lost by cgroup: {noisy.Id} source.ring_full {noisyLost}", agent.Log, StringComparison.Ordinal);
        var all = LossReport.Number(agent.Log, "source.ring_full");
        var losses = $"FROM {Duck.Losses(scratch["capture"])} WHERE stage = 'source' AND reason = 'ring_full'";
        Assert.Equal(all, Duck.Number($"SELECT sum(count)::BIGINT {losses}"));
        Assert.Equal((long)noisyLost, Duck.Number($"SELECT sum(count)::BIGINT {losses} AND cgroup_id = {noisy.Id}"));
    }

    private static string Labels(ChildCgroup cgroup, string first) =>
        $$"""{{{first}}cgroup_id="{{cgroup.Id}}",container_id="",pod_name="",pod_namespace="",container_name=""}""";

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
        using (new FloodProcess(noisy, traced.Agent))
        {
            quiet.Run(traced.Space, Repository.Load, [.. NeighbourLoad, truth]).MustSucceed();
            traced.Space.WaitUntilClosed();
        }

        var comparison = Comparison.Of(TruthLog.Read(truth), traced.EventsAtEnd());
        output.WriteLine($"{comparison.ToString().Split('\n')[0]}\n{traced.Agent.Log.TrimEnd().Split('\n')[^1]}");
        return (comparison, traced.Agent.Log);
    }
}
