using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// Multipath TCP sockets, which every server built with Go 1.24 or newer listens on: one connection has one CONNECT, one
/// ACCEPT and a CLOSE at each end, with the owner that a plain TCP connection would have.
/// </summary>
public sealed class MptcpTests
{
    private const int NotHere = 4;

    [Theory]
    [InlineData("server")]
    [InlineData("client")]
    [InlineData("both")]
    public void Each_accept_of_a_preforked_server_has_the_pid_of_the_child(string side) => AssertExact(side, "auto", older: false, forked: true);

    [Theory]
    [InlineData("server")]
    [InlineData("both")]
    public void With_the_listener_as_owner_each_accept_has_the_pid_of_the_parent(string side) => AssertExact(side, "listener", older: false, forked: true);

    [Theory]
    [InlineData("server", "auto")]
    [InlineData("server", "listener")]
    [InlineData("both", "auto")]
    [InlineData("both", "listener")]
    public void A_listener_older_than_the_agent_is_known(string side, string acceptOwner) => AssertExact(side, acceptOwner, older: true, forked: false);

    [Theory]
    [InlineData("server")]
    [InlineData("client")]
    [InlineData("both")]
    public void The_ACCEPT_is_reported_while_the_connection_is_open(string side)
    {
        const int connections = 20;
        SkipWithoutMptcp();
        using var traced = new TracedNamespace(start: true);
        var log = traced.File("truth.tsv");
        using var load = traced.Space.Start(Repository.Load, "hold", "--mptcp", side, "--connections", $"{connections}", "--name", "held", "--log", log);
        load.WaitForLine("open");
        load.Say("send");
        load.WaitForLine("sent");
        var open = traced.EventsSoFar();
        load.End().MustSucceed();
        var pid = TruthLog.Read(log)[0].Pid;
        Assert.Equal(
            [$"{connections} x ACCEPT pid {pid} held", $"{connections} x CONNECT pid {pid} held"],
            Counted.By(open, e => $"{e.Type} pid {e.Pid} {e.Process}"));
    }

    [Fact]
    public void An_additional_subflow_has_no_events_of_its_own()
    {
        const int connections = 10;
        SkipWithoutMptcp();
        using var traced = new TracedNamespace(start: true);
        Assert.SkipUnless(traced.Space.Run("ip", "mptcp", "limits", "show").ExitCode == 0, "needs an iproute2 that knows ip mptcp");
        traced.Space.Script("ip addr add 10.7.0.1/32 dev lo && ip addr add 10.7.0.2/32 dev lo"
            + " && ip mptcp limits set subflow 2 add_addr_accepted 2 && ip mptcp endpoint add 10.7.0.2 dev lo subflow");
        var log = traced.File("truth.tsv");
        using var load = traced.Space.Start(Repository.Load, "hold", "--mptcp", "both", "--address", "10.7.0.1", "--connections", $"{connections}", "--name", "held", "--log", log);
        load.WaitForLine("open");
        load.Say("send");
        load.WaitForLine("sent");
        WaitFor.True(() => Joined(traced.Space) >= connections, "the other subflows");
        load.End().MustSucceed();
        traced.Space.WaitUntilClosed();
        var truth = TruthLog.Read(log);
        var events = traced.EventsAtEnd();
        var pid = truth[0].Pid;
        Assert.Equal(
            [
                $"{connections} x ACCEPT inbound pid {pid} held",
                $"{connections} x CLOSE inbound pid {pid} held",
                $"{connections} x CLOSE outbound pid {pid} held",
                $"{connections} x CONNECT outbound pid {pid} held",
            ],
            Counted.By(events, e => $"{e.Type} {e.Direction} pid {e.Pid} {e.Process}"));
        var ends = truth.Select(end => $"{end.SourceAddress}:{end.SourcePort} -> {end.DestinationAddress}:{end.DestinationPort}").ToHashSet();
        Assert.All(events, e => Assert.Contains(e.Tuple, ends));
    }

    private static void AssertExact(string side, string acceptOwner, bool older, bool forked)
    {
        SkipWithoutMptcp();
        using var traced = new TracedNamespace(start: !older, "--accept-owner", acceptOwner);
        var log = traced.File("truth.tsv");
        string[] processes = forked ? ["--server-processes", "3"] : [];
        using var load = traced.Space.Start(Repository.Load, ["run", "--wait", "--connections", "500", "--family", "both", "--mptcp", side, "--log", log, .. processes]);
        load.WaitForLine("listening");
        if (older)
        {
            traced.StartAgent();
        }

        load.Say("");
        load.End().MustSucceed();
        traced.Space.WaitUntilClosed();
        var truth = TruthLog.Read(log);
        var parent = truth.First(end => end.IsClient);
        var events = traced.EventsAtEnd();
        var comparison = Comparison.Of(truth, events, acceptOwner == "listener" ? _ => (parent.Pid, parent.Name) : null, orderlyAlike: side == "both");
        comparison.AssertExact();
        Assert.Equal(comparison.Seen, events.Count); // and no event of another process
    }

    private static void SkipWithoutMptcp()
    {
        Needs.Tracing();
        var tried = Shell.Run(Repository.Load, "run", "--connections", "1", "--mptcp", "both");
        Assert.SkipWhen(tried.ExitCode == NotHere, tried.Error.Trim());
    }

    /// <summary>Subflows that were added to a connection, at the called end (MPTcpExt, Documentation/networking/mptcp.rst).</summary>
    private static int Joined(NetworkNamespace space)
    {
        var lines = space.Run("cat", "/proc/net/netstat").MustSucceed().Output.Split('\n').Where(line => line.StartsWith("MPTcpExt:", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToList();
        return int.Parse(lines[1][Array.IndexOf(lines[0], "MPJoinAckRx")], CultureInfo.InvariantCulture);
    }
}
