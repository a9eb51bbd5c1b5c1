using System.Globalization;
using System.Text.RegularExpressions;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The state of open connections outlives the agent, in a bpffs; events without an agent are counted.</summary>
public sealed partial class RestartTests : IDisposable
{
    private readonly Scratch _scratch = new();

    /// <summary>Like the DaemonSet's pod: three capabilities, and a network namespace of its own.</summary>
    private static readonly string[] AsThePod = ["unshare", "--net", "setpriv", "--bounding-set=-all,+bpf,+perfmon,+net_admin", "--inh-caps=-all"];

    [Theory]
    [InlineData("auto", "TERM", false)]
    [InlineData("auto", "KILL", false)]
    [InlineData("tracepoint", "TERM", false)]
    [InlineData("auto", "TERM", true)]
    public void A_connection_that_survives_a_restart_keeps_its_state(string spine, string signal, bool asThePod)
    {
        using var bpf = Mount(asThePod);
        using var first = Start(bpf, "first.json", asThePod, "--spine", spine);
        using var living = new OpenConnection();
        using var going = new OpenConnection();
        living.Send(1000);
        _ = WaitFor(living, "first.json", "FLOW", e => e is { Direction: "inbound" } && e.BytesReceived == 1000);
        var begun = WaitFor(living, "first.json", "FLOW", e => e is { Direction: "outbound" } && e.BytesSent == 1000).Single(e => e.Type == "CONNECT");
        Assert.Equal(2, WaitFor(going, "first.json", "FLOW", e => e.Direction == "inbound").Count(e => e.Type is "CONNECT" or "ACCEPT"));
        living.Send(234);
        End(first, signal);

        living.Send(100);
        going.Close();
        using var second = Start(bpf, "second.json", asThePod, "--spine", spine);
        var (lived, ended) = Lived(second.Log);
        Assert.True(lived >= 2 && ended >= 2, second.Log);
        living.Send(66);
        living.Close();
        second.Stop();

        Assert.Contains($"sockets released without a CLOSE: {ended}", second.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(Events("second.json"), going.IsOf);
        var all = Events("first.json").Concat(Events("second.json")).Where(living.IsOf).ToList();
        var closes = all.Where(e => e.Type == "CLOSE").ToList();
        Assert.Equal(["inbound", "outbound"], closes.Select(e => e.Direction).Order());
        Assert.All(closes, e => Assert.Equal((begun.Pid, begun.Process, false, 1400L), (e.Pid, e.Process, e.IsOlder, e.BytesSent + e.BytesReceived)));
        Assert.All(closes, e => Assert.Equal(Environment.ProcessId, e.Pid));
        Assert.All(all.GroupBy(e => e.ConnectionId), end => Assert.Equal(end.First(e => e.Type is "CONNECT" or "ACCEPT").Direction, end.Last().Direction));
        var close = closes.Single(e => e.Direction == "outbound");
        Assert.Equal((begun.ConnectionId, begun.LatencyMicroseconds, "fin_local"), (close.ConnectionId, close.LatencyMicroseconds, close.Reason));
        Assert.Equal((close.Time - begun.Time).TotalSeconds, close.DurationMicroseconds!.Value / 1e6, 0.1); // wall clocks of two agents
        if (signal != "KILL") // otherwise the last FLOW may be one that no agent wrote
        {
            Assert.All(all.GroupBy(e => e.ConnectionId), end => Assert.Equal((end.Last().BytesSent, end.Last().BytesReceived), (end.Sum(e => e.DeltaSent ?? 0), end.Sum(e => e.DeltaReceived ?? 0))));
        }
    }

    [Fact]
    public void Connections_accepted_or_reset_without_an_agent_are_reported_by_the_next_one()
    {
        using var bpf = Mount(asThePod: false);
        using var first = Start(bpf, "first.json");
        using var accepted = new OpenConnection(accept: false);
        using var reset = new OpenConnection();
        _ = WaitFor(accepted, "first.json", "CONNECT", _ => true);
        _ = WaitFor(reset, "first.json", "ACCEPT", _ => true);
        first.Stop();

        accepted.Accept();
        reset.Reset();
        using var second = Start(bpf, "second.json");
        accepted.Close();
        reset.Dispose();
        second.Stop();

        var events = Events("second.json").Where(accepted.IsOf).ToList();
        Assert.Equal(["ACCEPT inbound", "CLOSE inbound", "CLOSE outbound"], events.Where(e => e.Type != "FLOW").Select(e => $"{e.Type} {e.Direction}").Order(StringComparer.Ordinal));
        Assert.All(events, e => Assert.Equal((Environment.ProcessId, false), (e.Pid, e.IsOlder)));
        Assert.Null(events.Single(e => e.Type == "ACCEPT").LatencyMicroseconds); // its accept time is unknown
        var left = Assert.Single(Events("second.json"), e => e.Type == "CLOSE" && reset.IsOf(e));
        Assert.Equal(("outbound", "reset_remote", Environment.ProcessId), (left.Direction, left.Reason, left.Pid));
    }

    [Fact]
    public void A_second_concurrent_agent_keeps_no_state_and_disturbs_nothing()
    {
        using var bpf = Mount(asThePod: false);
        using var first = Start(bpf, "first.json");
        var pins = bpf.Pins;
        using (var second = Start(bpf, "second.json"))
        {
            Assert.Contains($"no state kept for the next agent (another agent uses {bpf.State})", second.Log, StringComparison.Ordinal);
            using var connection = new OpenConnection();
            connection.Close();
            second.Stop();
            Assert.Equal(4, Events("second.json").Count(connection.IsOf));
            _ = WaitFor(connection, "first.json", "CLOSE", e => e.Direction == "inbound");
        }

        Assert.Equal(pins, bpf.Pins);
        first.Stop();
        using var third = Start(bpf, "third.json");
        Assert.DoesNotContain("no state kept", third.Log, StringComparison.Ordinal);
        third.Stop();
    }

    [Fact]
    public void Forget_removes_the_state_and_a_running_agent_continues_without_it()
    {
        using var bpf = Mount(asThePod: false);
        using var first = Start(bpf, "first.json");
        using var connection = new OpenConnection();
        _ = WaitFor(connection, "first.json", "ACCEPT", _ => true);
        Assert.Contains("slots-1-131072", bpf.Pins);
        Assert.Contains("state-1", bpf.Pins);
        Assert.Contains($"{bpf.State}: {bpf.Pins.Count} pinned maps removed", Forget(bpf), StringComparison.Ordinal);
        Assert.False(Directory.Exists(bpf.State));
        first.Stop();
        Assert.False(Directory.Exists(bpf.State));
        Assert.Contains("no state is kept", Forget(bpf), StringComparison.Ordinal);
        using var second = Start(bpf, "second.json");
        connection.Close();
        second.Stop();
        Assert.All(Events("second.json").Where(connection.IsOf), e => Assert.True(e.IsOlder));
    }

    [Fact]
    public void State_with_another_size_or_unused_for_long_is_removed()
    {
        using var bpf = Mount(asThePod: false);
        using (var small = Start(bpf, "small.json", asThePod: false, "--sockets", "4096"))
        {
            small.Stop();
        }

        using (var large = Start(bpf, "large.json"))
        {
            Assert.Contains("(the state of an agent of another version, size or cgroup hierarchy is not used)", large.Log, StringComparison.Ordinal);
            Assert.DoesNotContain("slots-1-4096", bpf.Pins);
            using var connection = new OpenConnection();
            _ = WaitFor(connection, "large.json", "ACCEPT", _ => true);
            large.Stop();
        }

        // A boot-time clock that is twenty minutes ahead: time_namespaces(7).
        Assert.SkipUnless(Shell.Run("unshare", "--time", "--boottime", "1200", "--fork", "true").ExitCode == 0, "needs time namespaces");
        using var late = AgentProcess.Start("unshare", ["--time", "--boottime", "1200", "--fork", Repository.Agent, .. Arguments(bpf, "late.json"), "--duration", "500ms"], readStdout: false);
        Assert.Equal(0, late.WaitForExit());
        Assert.Matches("the state of an agent that ended 20 min ago is too old: [1-9][0-9]* sockets dropped", late.Log);
    }

    [Fact]
    public void A_folder_outside_bpffs_is_refused()
    {
        Needs.MapIterator();
        var refused = Shell.Run(Repository.Agent, "run", "--json", "none", "--state", _scratch["state"]);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("is not in a bpffs", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch["state"]));
    }

    public void Dispose() => _scratch.Dispose();

    private static BpfMount Mount(bool asThePod)
    {
        Needs.MapIterator();
        Needs.Program("mount");
        Assert.SkipUnless(!asThePod || Shell.Run(AsThePod[0], [.. AsThePod[1..], "true"]).ExitCode == 0, "needs unshare and setpriv, and the right to use them");
        return new BpfMount();
    }

    private static string Forget(BpfMount bpf) => Shell.Run(Repository.Agent, "forget", "--state", bpf.State).MustSucceed().Output;

    private static void End(AgentProcess agent, string signal)
    {
        if (signal == "KILL")
        {
            agent.Kill();
        }
        else
        {
            agent.Stop();
        }
    }

    private static (int Lived, int Ended) Lived(string log)
    {
        var match = LivedLine().Match(log);
        Assert.True(match.Success, log);
        return (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    private string[] Arguments(BpfMount bpf, string lines, params string[] options) => ["run", "--state", bpf.State, "--json", _scratch[lines], "--flow-every", "1s", .. options];

    private AgentProcess Start(BpfMount bpf, string lines, bool asThePod = false, params string[] options)
    {
        string[] command = [.. asThePod ? AsThePod : [], Repository.Agent, .. Arguments(bpf, lines, options)];
        return AgentProcess.Start(command[0], command[1..], readStdout: false);
    }

    private IReadOnlyList<SeenEvent> Events(string lines) => SeenEvent.ReadSoFar(_scratch[lines]);

    /// <summary>Waits for an event of the connection; returns all of them so far.</summary>
    private IReadOnlyList<SeenEvent> WaitFor(OpenConnection connection, string lines, string type, Func<SeenEvent, bool> isWanted)
    {
        IReadOnlyList<SeenEvent> seen = [];
        Support.WaitFor.True(() => (seen = [.. Events(lines).Where(connection.IsOf)]).Any(e => e.Type == type && isWanted(e)), $"{type} in {lines}");
        return seen;
    }

    [GeneratedRegex(@": (\d+) connections survived the restart, (\d+) ended meanwhile")]
    private static partial Regex LivedLine();
}
