using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>What one pod does to its own sockets costs no other pod its owners; sockets without a slot in the kernel are counted.</summary>
public sealed class OwnerFloodTests(ITestOutputHelper output)
{
    private const int Unaccepted = 40_000;
    private const int MostMebibytes = 80; // in addition to the rings

    private static readonly int Crowd = int.Parse(Environment.GetEnvironmentVariable("NETMON_CROWD_CONNECTIONS") ?? "5000", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("auto")]
    [InlineData("listener")]
    public void A_full_accept_queue_of_one_cgroup_does_not_affect_the_owners_of_others(string acceptOwner)
    {
        Needs.Tracing();
        using var cgroup = new ChildCgroup();
        using var traced = new TracedNamespace(start: true, "--accept-owner", acceptOwner, "--sockets", "1048576");
        using var flood = cgroup.Start(traced.Space, Repository.Load, "hold", "--unaccepted", "--connections", $"{Unaccepted}", "--payload", "0", "--name", "flood");
        flood.WaitForLine("open");
        var log = traced.File("truth.tsv");
        traced.Space.Run(Repository.Load, "run", "--connections", "2000", "--family", "both", "--server-processes", "4", "--name", "neighbour", "--log", log).MustSucceed();
        var truth = TruthLog.Read(log);
        var parent = truth.First(end => end.IsClient);
        Func<TruthEnd, (long, string)>? owner = acceptOwner == "listener" ? _ => (parent.Pid, parent.Name) : null;
        traced.Space.WaitUntilClosed(truth.Select(end => end.DestinationPort));
        flood.End().MustSucceed();
        var events = traced.EventsAtEnd();
        Comparison.Of(truth, events, owner).AssertExact();
        Assert.Equal(Unaccepted, events.Count(e => e is { Type: "CONNECT", Process: "flood" }));
        Assert.Equal(0, LossReport.Total(traced.Agent.Log));
    }

    /// <summary>
    /// The agent's summary at the end: every event was delivered, or had no slot. NETMON_CROWD_CONNECTIONS increases the load: 150,000 are
    /// 300,000 sockets, with the default table.
    /// </summary>
    [Fact]
    public void Sockets_without_a_slot_are_counted_and_take_no_memory_in_the_agent()
    {
        Needs.Tracing();
        using var scratch = new Scratch();
        var ringMebibytes = 8 + (Crowd / 3000);
        using var agent = AgentProcess.Start("--json", scratch["events.json"], "--sockets", Crowd > 100_000 ? "131072" : "4096", "--ring-memory", $"{ringMebibytes}", "--flow-every", "none");
        using var load = HeldProcess.Start(Repository.Load, "hold", "--connections", $"{Crowd}", "--namespaces", $"{(Crowd / 4000) + 1}", "--name", "crowd", "--log", scratch["truth.tsv"]);
        load.WaitForLine("open");
        var open = ResidentMebibytes(agent);
        load.Say("send");
        load.WaitForLine("sent");
        load.End().MustSucceed();
        var closed = ResidentMebibytes(agent);
        agent.Stop();
        var truth = TruthLog.Read(scratch["truth.tsv"]);
        var pids = truth.Select(end => end.Pid).ToHashSet();
        var events = SeenEvent.Read(scratch["events.json"]).Where(e => pids.Contains(e.Pid)).ToList();
        var comparison = Comparison.Of(truth, events);
        var placed = events.Select(e => $"{e.Direction} {e.NetworkNamespace} {e.Tuple}").ToHashSet();
        var unplaced = truth.Count(end => !placed.Contains($"{(end.IsClient ? "outbound" : "inbound")} {end.NetworkNamespace} {end.SourceAddress}:{end.SourcePort} -> {end.DestinationAddress}:{end.DestinationPort}"));
        var account = agent.Log;
        var noRoom = LossReport.Number(account, "source.no_room");
        output.WriteLine($"{truth.Count} sockets: {unplaced} without a place, {comparison.Missing} events missing, no_room {noRoom}; resident {open} MiB while they were open, {closed} MiB after");
        Assert.True(unplaced > 0, "all found a place: the test shows nothing");

        // Two events per end, all or none.
        Assert.Equal((0, unplaced * 2), (comparison.Surplus, comparison.Missing));
        Assert.Equal(0, LossReport.Number(account, "source.ring_full"));
        Assert.Equal(0, LossReport.Number(account, "json.queue_full"));
        Assert.Equal(LossReport.Number(account, "seen"), LossReport.Number(account, "to rings") + noRoom);

        // Each event counts. Other processes may open a few sockets in the meantime.
        Assert.InRange(noRoom, comparison.Missing, comparison.Missing + 200);
        Assert.InRange(Math.Max(open, closed), 0, MostMebibytes + (2 * ringMebibytes)); // the rings are mapped twice
    }

    /// <summary>Long connections, with short ones next to them, as on a node that has run for a while.</summary>
    [Fact]
    public void Nothing_is_lost_while_less_than_half_of_the_slots_are_used()
    {
        const int sockets = 16_384;
        using var traced = new TracedNamespace(start: true, "--sockets", $"{sockets}");
        var log = traced.File("truth.tsv");
        using var load = traced.Space.Start(Repository.Load, "hold", "--connections", $"{sockets / 5}", "--name", "long");
        load.WaitForLine("open");
        traced.Space.Run(Repository.Load, "run", "--connections", "20000", "--family", "both", "--name", "short", "--log", log).MustSucceed();
        traced.Space.WaitUntilClosed(TruthLog.Read(log).Select(end => end.DestinationPort).Distinct());
        load.End().MustSucceed();
        var events = traced.EventsAtEnd();
        Assert.Equal(0, LossReport.Total(traced.Agent.Log));
        var comparison = Comparison.Of(TruthLog.Read(log), events);
        comparison.AllowResets(traced.Space.ResetsSent());
        comparison.AssertExact();
    }

    /// <summary>A connection without a slot is the only one lost: the next one is exact again.</summary>
    [Fact]
    public void After_a_flood_the_slots_are_free_again()
    {
        using var traced = new TracedNamespace(start: true, "--sockets", "4096");
        using (var load = traced.Space.Start(Repository.Load, "hold", "--connections", "5000", "--name", "many"))
        {
            load.WaitForLine("open");
            load.End().MustSucceed();
        }

        traced.Space.WaitUntilClosed();
        var log = traced.File("truth.tsv");
        traced.Space.Run(Repository.Load, "run", "--connections", "2000", "--family", "both", "--log", log).MustSucceed();
        traced.Space.WaitUntilClosed();
        Comparison.Of(TruthLog.Read(log), traced.EventsAtEnd()).AssertExact();
    }

    [Fact]
    public void Connections_in_the_accept_queue_at_the_start_have_their_owner_when_accepted()
    {
        Needs.Tracing();
        Assert.SkipUnless(Environment.OSVersion.Version >= new Version(6, 12), "needs a kernel that lets an iterator ask for a socket's callbacks: 6.12 or newer");
        using var scratch = new Scratch();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        using var agent = AgentProcess.Start("--json", scratch["events.json"]);
        using (var server = listener.AcceptTcpClient())
        {
            client.GetStream().Write(new byte[10]);
            server.GetStream().ReadExactly(new byte[10]);
            client.Close();
            Assert.Equal(0, server.GetStream().Read(new byte[1]));
        }

        agent.Stop();
        var seen = SeenEvent.Read(scratch["events.json"]).Where(e => e.DestinationPort == port && e.Direction == "inbound").ToList();
        var close = Assert.Single(seen, e => e.Type == "CLOSE");
        Assert.Equal((Environment.ProcessId, 10L), (close.Pid, close.BytesReceived));
    }

    private static long ResidentMebibytes(AgentProcess agent) =>
        long.Parse(File.ReadLines($"/proc/{agent.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
}
