using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>As many connections as the machine can make, repeatedly: each run is exact, or a loss counter has each missing event.</summary>
public sealed class StormTests(ITestOutputHelper output)
{
    /// <summary>Number of storms; continuous integration sets it to 30.</summary>
    private static readonly int Runs = int.Parse(Environment.GetEnvironmentVariable("NETMON_STORM_RUNS") ?? "3", CultureInfo.InvariantCulture);

    [Fact]
    public void Forty_thousand_connections_at_full_speed_are_exact_every_time()
    {
        Needs.Tracing();
        Needs.Program("ip");
        var exact = 0;
        for (var run = 1; run <= Runs; run++)
        {
            // One namespace per run: otherwise the TIME_WAIT sockets of earlier runs would overflow the table, and the kernel would reset
            // later connections.
            using var space = new NetworkNamespace();
            using var scratch = new Scratch();
            using var agent = AgentProcess.Start("--json", scratch["events.json"]);
            var load = space.Run(Repository.Load, "run", "--connections", "40000", "--family", "both", "--payload", "0", "--reply", "0", "--log", scratch["truth.tsv"]).MustSucceed();
            space.WaitUntilClosed();
            agent.Stop();
            var comparison = Comparison.Of(TruthLog.Read(scratch["truth.tsv"]), SeenEvent.Read(scratch["events.json"]));
            var reset = comparison.AllowResets(space.ResetsSent());
            output.WriteLine($"run {run}: {comparison.ToString().Split('\n')[0]}; {reset} reset by the kernel itself; {load.Output.Trim()}");
            Assert.True(comparison.Surplus == 0, comparison.ToString());
            Assert.True(comparison.Missing == 0 || LossReport.Total(agent.Log) >= comparison.Missing, $"{comparison}\n{agent.Log}");
            exact += comparison.Missing == 0 ? 1 : 0;
        }

        output.WriteLine($"{exact} of {Runs} runs exact");
        TestContext.Current.SendDiagnosticMessage($"storm: {exact} of {Runs} runs exact");
        Assert.Equal(Runs, exact);
    }
}
