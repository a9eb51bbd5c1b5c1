using NetMon.Events;
using NetMon.Pipeline.Enrich;
using NetMon.UnitTests.Enrichment.Runtimes;
using Xunit;
using static NetMon.UnitTests.Pipeline.WorkloadEvents;

namespace NetMon.UnitTests.Pipeline;

/// <summary>What is counted by workload, and the bound of the table.</summary>
public sealed class WorkloadCountersTests
{
    private const uint Refused = 111;
    private const int Capacity = 10; // 2 of them are the node's and the unknown's
    private const int Established = (int)ConnectResult.Established;
    private static readonly int SentOut = WorkloadCounts.Sent(Direction.Outbound);
    private static readonly int ReceivedOut = WorkloadCounts.Received(Direction.Outbound);
    private readonly ManualTime _time = new();
    private readonly WorkloadCounters _counters;

    public WorkloadCountersTests() => _counters = new WorkloadCounters(Capacity, _time);

    [Fact]
    public void Each_counter_has_a_place_of_its_own() => Assert.Equal(
        Enumerable.Range(0, WorkloadCounts.Counters),
        [
            .. Enum.GetValues<ConnectResult>().Select(WorkloadCounts.Connects), WorkloadCounts.Accepts,
            SentOut, ReceivedOut, WorkloadCounts.Sent(Direction.Inbound), WorkloadCounts.Received(Direction.Inbound),
        ]);

    [Fact]
    public void Replicas_of_a_workload_are_counted_together_by_direction_and_result()
    {
        var (one, two) = (Pod("shop/web"), Pod("shop/web"));
        _counters.Count([Connect(one), Connect(two), Connect(two, Refused), Accept(one), Moved(one, 10, 20), Moved(two, 1, 2, kind: RecordKind.Flow), Moved(two, 100, 200, Direction.Inbound)]);

        var web = Known("shop/web");
        Assert.Equal("shop", web.PodNamespace);
        Assert.Equal([2, 1, 0, 0, 0, 0, 0, 0, 1, 11, 22, 100, 200], Values(web));
        Assert.Equal(Values(web), Values(_counters.All));
    }

    [Fact]
    public void A_connection_counts_as_it_goes_and_each_byte_once()
    {
        var pod = Pod("shop/web");
        _counters.Count([Moved(pod, 10, 0, kind: RecordKind.Flow), Moved(pod, 5, 0, kind: RecordKind.Flow, before: 10), Moved(pod, 1, 0, before: 15)]);

        Assert.Equal(16, Known("shop/web")[SentOut]);
    }

    [Fact]
    public void What_an_older_connection_moved_before_the_agent_started_does_not_count()
    {
        var pod = Pod("shop/web");
        _counters.Count([Moved(pod, 1_000, 9, kind: RecordKind.Flow, flags: RecordFlags.Older), Moved(pod, 5, 6, flags: RecordFlags.Older, before: 1_000)]);

        Assert.Equal((5, 6), (Known("shop/web")[SentOut], Known("shop/web")[ReceivedOut]));
    }

    [Fact]
    public void A_record_without_differences_counts_by_its_totals()
    {
        var e = Moved(Pod("shop/web"), 0, 0, before: 70);
        e.Record.ConnectionId = 0;
        _counters.Count([e]);

        Assert.Equal(70, Known("shop/web")[SentOut]);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1ul << 62)]
    public void A_damaged_record_makes_no_counter_fall(ulong bytes)
    {
        var pod = Pod("shop/web");
        _counters.Count([Moved(pod, 10, 10), Moved(pod, bytes, 1), Moved(pod, 1, bytes)]);

        Assert.Equal((10, 10), (Known("shop/web")[SentOut], _counters.All[SentOut]));
    }

    [Fact]
    public void What_has_no_workload_is_the_nodes_or_unknown()
    {
        var orphan = Connect(null);
        orphan.Record.Flags = RecordFlags.OwnerUnknown;
        _counters.Count([Connect(null), orphan, Connect(new ContainerIdentity("a1")), Connect(new ContainerIdentity("", Workload: "node/sshd.service"))]);

        Assert.Equal((1, 2, 1), (Known(WorkloadCounters.Node)[Established], Known(WorkloadCounters.Unknown)[Established], Known("node/sshd.service")[Established]));
    }

    [Fact]
    public void A_Swarm_service_can_not_take_the_name_of_all_others()
    {
        _counters.Count([Connect(new ContainerIdentity("a1", Workload: WorkloadCounters.Other)), Connect(new ContainerIdentity("a2", Workload: WorkloadCounters.Node))]);

        Assert.Equal([WorkloadCounters.Node, WorkloadCounters.Unknown], Names());
    }

    [Fact]
    public void A_full_table_takes_no_more_and_all_events_count_nevertheless()
    {
        var pods = Enumerable.Range(0, 100).Select(n => Pod($"shop/web-{n}")).ToList();
        _counters.Count([.. pods.Select(pod => Connect(pod))]);

        Assert.Equal(Capacity, _counters.Known().Count);
        Assert.Equal(100, _counters.All[Established]);
        Assert.Equal(Capacity - 2, _counters.Known().Sum(counts => counts[Established]));
    }

    [Fact]
    public void A_sweep_makes_room_by_evicting_those_with_the_least_recent_traffic()
    {
        var pods = Enumerable.Range(0, Capacity - 2).Select(n => Pod($"shop/web-{n}")).ToList();
        _counters.Count([.. pods.Select((pod, n) => Moved(pod, (ulong)(1_000 * (n + 1)), 0))]);
        var late = Pod("shop/late");
        _counters.Count([Moved(late, 1, 0)]); // finds the table full
        _counters.Count([Moved(late, 2, 0)]); // after the sweep

        Assert.DoesNotContain("shop/web-0", Names());
        Assert.DoesNotContain("shop/web-1", Names());
        Assert.Contains("shop/web-2", Names());
        Assert.Equal(2, Known("shop/late")[SentOut]);

        // Without a place it is in the sum only, and begins at 0 when it has one again.
        _counters.Count([Moved(pods[0], 3, 0), Moved(pods[1], 4, 0)]);
        Assert.Equal(3, Known("shop/web-0")[SentOut]);
        Assert.DoesNotContain("shop/web-1", Names());
        Assert.Equal(1_000 * 36 + 1 + 2 + 3 + 4, _counters.All[SentOut]);
    }

    [Fact]
    public void Sweeps_are_ten_seconds_apart_at_least()
    {
        Fill("a");
        Fill("b"); // finds the table full
        Fill("c"); // sweeps, and takes the two places
        var after = Names();
        Fill("d");
        Fill("e");
        Assert.Equal(after, Names());

        _time.Advance(WorkloadCounters.SweepEvery);
        Fill("f");
        Assert.NotEqual(after, Names());
    }

    [Fact]
    public void A_workload_that_moves_much_stays_whatever_else_comes_and_goes()
    {
        var heavy = Pod("shop/heavy");
        _counters.Count([Moved(heavy, 1_000_000, 0)]);
        for (var round = 0; round < 50; round++)
        {
            Fill($"{round}");
            _counters.Count([Moved(heavy, 1_000_000, 0)]);
            _time.Advance(WorkloadCounters.SweepEvery);
        }

        Assert.Equal(51_000_000, Known("shop/heavy")[SentOut]);
        Assert.InRange(_counters.Known().Count, 3, Capacity);
    }

    private void Fill(string name) => _counters.Count([.. Enumerable.Range(0, 20).Select(n => Moved(Pod($"{name}/{n}"), 10, 0))]);

    private WorkloadCounts Known(string name) => Assert.Single(_counters.Known(), counts => counts.Name == name);

    private IEnumerable<string> Names() => [.. _counters.Known().Select(counts => counts.Name).Order(StringComparer.Ordinal)];

    private static long[] Values(WorkloadCounts counts) => [.. Enumerable.Range(0, WorkloadCounts.Counters).Select(counter => counts[counter])];
}
