using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>Open connections: FLOW events in every network namespace, with increments that add up.</summary>
public sealed class FlowTests(ITestOutputHelper output) : IDisposable
{
    private readonly Scratch _scratch = new();

    /// <summary>NETMON_FLOW_CONNECTIONS and NETMON_FLOW_NAMESPACES increase the load: 100,000 and 50 take half a minute.</summary>
    private static readonly int Connections = Setting("NETMON_FLOW_CONNECTIONS", 5000);

    private static readonly int Namespaces = Setting("NETMON_FLOW_NAMESPACES", 10);

    [Fact]
    public void Each_open_connection_in_every_namespace_is_reported_and_its_increments_add_up()
    {
        Needs.MapIterator();
        using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--flow-every", "1s", "--sockets", $"{Sockets}", "--ring-memory", $"{8 + (Connections / 1000)}", "--metrics", "127.0.0.1:0");
        using var load = HeldProcess.Start(Repository.Load, "hold", "--connections", $"{Connections}", "--namespaces", $"{Namespaces}", "--log", _scratch["truth.tsv"], "--name", "flowing");
        load.WaitForLine("open");
        using var tail = new EventTail(_scratch["events.json"]);
        for (var round = 1; round <= 3; round++)
        {
            load.Say("send");
            load.WaitForLine("sent");
            var (sent, seen) = (round * 100, new HashSet<long>());
            WaitFor.True(() => See(tail, sent, seen) == Connections, $"a FLOW of each connection after round {round}");
        }

        var metrics = Scrape.Of(agent);
        var sweeps = metrics["netmon_flow_sweeps_total"];
        var (wall, cpu) = (metrics["netmon_flow_sweep_seconds_total"] * 1000 / sweeps, CpuMillisecondsOf(agent, "netmon-flows") / sweeps);
        load.End().MustSucceed();
        agent.Stop();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Connections} connections over {Namespaces} namespaces: {sweeps} sweeps of {wall:0.0} ms and {cpu:0.0} ms of CPU each"));
        var truth = TruthLog.Read(_scratch["truth.tsv"]);
        var pids = truth.Select(end => end.Pid).ToHashSet();
        var events = SeenEvent.Read(_scratch["events.json"]).Where(e => pids.Contains(e.Pid)).ToList();
        output.WriteLine($"{events.Count(e => e.Type == "FLOW")} FLOW events of {truth.Count} ends");
        Assert.Equal((0, ""), (LossReport.Total(agent.Log), LossReport.Total(agent.Log) == 0 ? "" : agent.Log));
        Comparison.Of(truth, events.Where(e => e.Type != "FLOW")).AssertExact();
        Assert.Equal(Namespaces, events.Select(e => e.NetworkNamespace).Distinct().Count());
        foreach (var end in events.GroupBy(e => e.ConnectionId))
        {
            AssertAddsUp([.. end]);
        }
    }

    [Fact]
    public void An_idle_connection_has_one_FLOW()
    {
        Needs.MapIterator();
        using var traced = new TracedNamespace(start: true, "--flow-every", "1s");
        using var idle = traced.Space.Start(Repository.Load, "hold", "--connections", "1", "--name", "idle");
        idle.WaitForLine("open");
        foreach (var direction in (string[])["outbound", "inbound"])
        {
            traced.WaitForEvent(e => e is { Type: "FLOW", Process: "idle" } && e.Direction == direction, $"the idle one's FLOW, {direction}");
        }

        using var busy = traced.Space.Start(Repository.Load, "hold", "--connections", "1", "--name", "busy");
        busy.WaitForLine("open");
        IReadOnlyList<SeenEvent> events = [];
        for (var round = 1; round <= 4; round++)
        {
            busy.Say("send");
            busy.WaitForLine("sent");
            var wanted = round * 100;
            events = traced.WaitForEvent(e => e is { Type: "FLOW", Process: "busy", Direction: "outbound" } && e.BytesSent == wanted, "the busy one's FLOW");
        }

        // Both ends of the idle one, unless an hour started in between.
        var flows = events.Where(e => e is { Type: "FLOW", Process: "idle" }).ToList();
        Assert.InRange(flows.Count, 2, flows.Select(e => e.Time.Hour).Distinct().Count() * 2);
        Assert.All(flows, e => Assert.Equal((0L, 0L), (e.DeltaSent, e.DeltaReceived)));
    }

    [Fact]
    public void FLOW_events_can_be_disabled()
    {
        using var traced = new TracedNamespace(start: true, "--flow-every", "none");
        using var load = traced.Space.Start(Repository.Load, "hold", "--connections", "10");
        load.WaitForLine("open");
        load.Say("send");
        load.WaitForLine("sent");
        load.End().MustSucceed();
        Assert.DoesNotContain(traced.EventsAtEnd(), e => e.Type == "FLOW");
    }

    public void Dispose() => _scratch.Dispose();

    /// <summary>Fills a quarter of a table.</summary>
    private static uint Sockets => Math.Max(131_072, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Connections * 4));

    /// <summary>User and system time of the thread with this name; proc(5) counts in hundredths of a second.</summary>
    private static double CpuMillisecondsOf(AgentProcess agent, string thread)
    {
        var stat = Directory.GetDirectories($"/proc/{agent.Id}/task").Select(task => File.ReadAllText(Path.Combine(task, "stat"))).Single(stat => stat.Contains($"({thread})", StringComparison.Ordinal));
        var fields = stat.Split(") ")[^1].Split(' ');
        return 10 * (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture));
    }

    private static int Setting(string variable, int standard) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? standard.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>Totals never fall, an increment is the difference to the previous event, and the CLOSE completes the sum.</summary>
    private static void AssertAddsUp(IReadOnlyList<SeenEvent> end)
    {
        var (sent, received) = (0L, 0L);
        Assert.Equal("CLOSE", end[^1].Type);
        foreach (var e in end.Skip(1))
        {
            Assert.Contains(e.Type, (string[])["FLOW", "CLOSE"]);
            sent += e.DeltaSent ?? -1;
            received += e.DeltaReceived ?? -1;
            Assert.Equal((e.BytesSent, e.BytesReceived), (sent, received));
            Assert.Equal((end[0].Tuple, end[0].Pid, end[0].Direction), (e.Tuple, e.Pid, e.Direction));
        }
    }

    /// <summary>Adds the calling ends that have reported this many bytes since the previous call; returns their number.</summary>
    private static int See(EventTail tail, int bytes, HashSet<long> seen)
    {
        seen.UnionWith(tail.ReadNew().Where(e => e is { Type: "FLOW", Process: "flowing", Direction: "outbound" } && e.BytesSent == bytes).Select(e => e.ConnectionId));
        return seen.Count;
    }
}
