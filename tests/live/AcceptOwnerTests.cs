using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The owner of an accepted connection, and the cost of finding it.</summary>
public sealed partial class AcceptOwnerTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>Alternates, and takes the best of each: other load on the machine only adds.</summary>
    private const int Rounds = 4;

    private readonly Scratch _scratch = new();

    [Fact]
    public void Each_accept_of_a_preforked_server_has_the_pid_of_the_child()
    {
        var (truth, events) = Trace("auto");
        Comparison.Of(truth, events).AssertExact();
        Assert.True(truth.Where(end => !end.IsClient).Select(end => end.Pid).Distinct().Count() > 1, "one child took all: the test shows nothing");
    }

    [Fact]
    public void With_the_listener_as_owner_each_accept_has_the_pid_of_the_parent()
    {
        var (truth, events) = Trace("listener");
        var parent = truth.First(end => end.IsClient);
        Comparison.Of(truth, events, _ => (parent.Pid, parent.Name)).AssertExact();
    }

    [Fact]
    public void With_the_listener_as_owner_system_calls_cost_the_same_as_without_the_agent()
    {
        Needs.Tracing();
        var (without, with) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            without = Math.Min(without, GetPidNanoseconds());
            using var agent = AgentProcess.Start("--json", "none", "--accept-owner", "listener");
            with = Math.Min(with, GetPidNanoseconds());
            agent.Stop();
        }

        var ratio = with / without;
        var figures = string.Create(CultureInfo.InvariantCulture, $"getppid without {without:0.0} ns, with {with:0.0} ns: ratio {ratio:0.000}");
        output.WriteLine(figures);
        TestContext.Current.SendDiagnosticMessage(figures);
        Assert.True(ratio < 1.1, figures);
    }

    [Fact]
    public void A_listener_older_than_the_agent_is_known()
    {
        Needs.Tracing();
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--accept-owner", "listener");
        Shell.Run(Repository.Load, "connect", "127.0.0.1", port.ToString(CultureInfo.InvariantCulture), "--count", "20").MustSucceed();
        agent.Stop();
        var accepts = SeenEvent.Read(_scratch["events.json"]).Where(e => e.Type == "ACCEPT" && e.DestinationPort == port).ToList();
        Assert.Equal(20, accepts.Count);
        Assert.All(accepts, e => Assert.Equal(Environment.ProcessId, e.Pid));
    }

    public void Dispose() => _scratch.Dispose();

    private (IReadOnlyList<TruthEnd> Truth, IEnumerable<SeenEvent> Events) Trace(string owner)
    {
        Needs.Tracing();
        Needs.Program("ip");
        using var space = new NetworkNamespace();
        using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--accept-owner", owner);
        space.Run(Repository.Load, "run", "--connections", "2000", "--family", "both", "--server-processes", "4", "--log", _scratch["truth.tsv"]).MustSucceed();
        space.WaitUntilClosed();
        agent.Stop();
        return (TruthLog.Read(_scratch["truth.tsv"]), SeenEvent.Read(_scratch["events.json"]));
    }

    private static double GetPidNanoseconds() => double.Parse(
        NanosecondsPerCall().Match(Shell.Run(Repository.Load, "getppid", "--seconds", "1").MustSucceed().Output).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"ns_per_call ([0-9.]+)")]
    private static partial Regex NanosecondsPerCall();
}
