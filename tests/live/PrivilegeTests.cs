using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The agent's privileges while it runs, and its message if it has too few.</summary>
public sealed class PrivilegeTests : IDisposable
{
    // linux/capability.h: DAC_OVERRIDE, DAC_READ_SEARCH, BPF.
    private const ulong Kept = 1ul << 1 | 1ul << 2 | 1ul << 39;
    private readonly Scratch _scratch = new();

    [Fact]
    public void Once_ready_no_thread_has_an_unneeded_capability_and_tracing_continues()
    {
        Needs.MapIterator();
        using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--capture", _scratch["capture"], "--metrics", "127.0.0.1:0", "--health", "127.0.0.1:0", "--flow-every", "1s");
        AssertDropped(agent);
        Shell.Run(Repository.Load, "run", "--connections", "500", "--name", "dropped", "--log", _scratch["truth.tsv"]).MustSucceed();
        var before = Scrape.Of(agent)["netmon_flow_sweeps_total"];
        WaitFor.True(() => Scrape.Of(agent)["netmon_flow_sweeps_total"] > before, "a sweep");
        Assert.Equal(0, Scrape.Of(agent)["netmon_flow_sweeps_failed_total"]);
        AssertDropped(agent);
        agent.Stop();
        Assert.DoesNotContain(" warn ", agent.Log, StringComparison.Ordinal);
        Comparison.Of(TruthLog.Read(_scratch["truth.tsv"]), SeenEvent.Read(_scratch["events.json"]).Where(e => e.Type != "FLOW")).AssertExact();
    }

    [Fact]
    public void The_three_capabilities_of_a_pod_become_one()
    {
        Needs.Tracing();
        Needs.Program("setpriv");
        using var agent = AgentProcess.Start(
            "setpriv", ["--bounding-set=-all,+bpf,+perfmon,+net_admin", "--inh-caps=-all", Repository.Agent, "run", "--json", "none"], readStdout: false);
        Assert.All(CapabilitiesOf(agent), has => Assert.Equal(1ul << 39, has));
        agent.Stop();
    }

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(18)]
    public void A_thread_limit_that_is_too_low_is_reported(int threads)
    {
        Needs.Program("setpriv");
        Needs.Program("prlimit");
        Assert.SkipUnless(Environment.UserName == "root", "needs root to become another user");
        // A separate user, so that only the agent's threads count.
        var result = Shell.Run(
            "setpriv", "--reuid=47110", "--regid=47110", "--clear-groups", "prlimit", string.Create(CultureInfo.InvariantCulture, $"--nproc={threads}"),
            Repository.Agent, "run", "--source", "synthetic:count=1", "--json", "none");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("this user can't start the 20 additional threads that the agent needs. Raise the limit: ulimit -u", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    private static void AssertDropped(AgentProcess agent) => Assert.All(CapabilitiesOf(agent), has => Assert.Equal(Kept, has));

    /// <summary>The permitted capabilities of each thread; it can make these effective.</summary>
    private static IEnumerable<ulong> CapabilitiesOf(AgentProcess agent) => Directory.GetDirectories($"/proc/{agent.Id}/task").SelectMany(thread => File.ReadLines(Path.Combine(thread, "status")))
        .Where(line => line.StartsWith("CapPrm:", StringComparison.Ordinal) || line.StartsWith("CapEff:", StringComparison.Ordinal))
        .Select(line => ulong.Parse(line[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
