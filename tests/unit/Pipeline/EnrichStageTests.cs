using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.UnitTests.Enrichment;
using Xunit;
using static NetMon.UnitTests.Enrichment.DirectoryUnderTest;

namespace NetMon.UnitTests.Pipeline;

public sealed class EnrichStageTests : IAsyncDisposable
{
    private const ulong HostCgroup = 1;
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(200);

    private readonly DirectoryUnderTest _node = new();
    private readonly CollectingSink _sink = new();
    private readonly SinkFanout _sinks;
    private EnrichStage _stage;
    private long _time;

    public EnrichStageTests()
    {
        _sinks = new SinkFanout([_sink], live: false);
        _stage = new EnrichStage(_node.Directory, _sinks, Bound, _node.Time);
        _node.Made(HostCgroup, "/");
        _node.Made(7, PathOf(1));
    }

    [Fact]
    public async Task What_needs_no_name_goes_on_at_once()
    {
        await Pass(HostCgroup);
        Assert.Equal(0, _stage.Held);
        Assert.Null(Assert.Single(await Passed()).Container);
    }

    [Fact]
    public async Task A_batch_waits_for_its_name_and_what_comes_behind_it_waits_too_so_that_order_stays()
    {
        var woken = 0;
        _stage.OnWake(() => woken++);
        await Pass(7);
        await Pass(HostCgroup);
        await Pass(7);
        Assert.Equal(3, _stage.Held);

        _node.Time.Advance(TimeSpan.FromMilliseconds(50));
        _stage.Post(new RuntimeReport(0, [Named(1)], [Id(1)]));
        Assert.Equal(1, woken);
        await _stage.AdvanceAsync();
        Assert.Equal(0, _stage.Held);
        var events = await Passed();
        Assert.Equal([1, 2, 3], events.Select(e => e.UnixNanoseconds));
        Assert.Equal([Named(1), null, Named(1)], events.Select(e => e.Container));
        Assert.Equal((3, 0, 2, 2), (_stage.Counters.BatchesHeld, _stage.Counters.BatchesOverdue, _stage.Counters.InContainers, _stage.Counters.Named));
        Assert.InRange(_stage.Counters.WaitMicroseconds(0.99), 50_000, 100_000);
    }

    [Fact]
    public async Task Nothing_waits_longer_than_the_bound_and_it_wakes_for_that_by_itself()
    {
        var woken = 0;
        _stage.OnWake(() => woken++);
        await Pass(7);
        _node.Time.Advance(Bound - TimeSpan.FromMilliseconds(1));
        await _stage.AdvanceAsync();
        Assert.Equal(1, _stage.Held);
        _node.Time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.True(woken > 0, "nobody was woken");
        await _stage.AdvanceAsync();
        Assert.Equal(0, _stage.Held);
        var e = Assert.Single(await Passed());
        Assert.Equal(new ContainerIdentity(Id(1), PodUid: PodUid(1)), e.Container);
        Assert.Equal((1, 0), (_stage.Counters.BatchesOverdue, _stage.Counters.Named));
    }

    [Fact]
    public async Task With_a_bound_of_zero_nothing_waits_and_the_name_comes_with_a_later_event()
    {
        _stage.Dispose();
        _stage = new EnrichStage(_node.Directory, _sinks, TimeSpan.Zero, _node.Time);
        await Pass(7);
        Assert.Equal(0, _stage.Held);
        _stage.Post(new RuntimeReport(0, [Named(1)], [Id(1)]));
        await _stage.AdvanceAsync();
        await Pass(7);
        Assert.Equal([false, true], (await Passed()).Select(e => e.Container!.IsNamed));
    }

    [Fact]
    public async Task More_than_it_may_hold_pushes_the_oldest_out_in_order()
    {
        const int batches = EnrichStage.MostHeld + 20;
        for (var n = 0; n < batches; n++)
        {
            await Pass(7);
        }

        Assert.Equal(EnrichStage.MostHeld, _stage.Held);
        Assert.Equal(20, _stage.Counters.BatchesCrowdedOut);
        await _stage.FinishAsync();
        Assert.Equal(Enumerable.Range(1, batches).Select(n => (long)n), (await Passed()).Select(e => e.UnixNanoseconds));
    }

    [Fact]
    public async Task The_end_of_the_stream_waits_for_no_name()
    {
        await Pass(7);
        await _stage.FinishAsync();
        Assert.Single(await Passed());
    }

    [Fact]
    public async Task Time_does_not_pass_those_that_are_held()
    {
        await Pass(7);
        var empty = _stage.Rent();
        empty.WatermarkUnixNanoseconds = 1000;
        await _stage.PassAsync(empty);
        Assert.Equal(1, _stage.Held);
        await _stage.FinishAsync();
        Assert.DoesNotContain(_sink.Watermarks, watermark => watermark >= 1000);
    }

    [Fact]
    public async Task Naming_a_batch_allocates_nothing()
    {
        _node.Tell(Named(1));
        var events = new ConnectionEvent[EventBatch.Capacity];
        for (var n = 0; n < events.Length; n++)
        {
            events[n].Record.Owner.CgroupId = n % 3 == 0 ? HostCgroup : 7;
        }

        _node.Directory.Name(events);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            _node.Directory.Name(events);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        await Pass(7);
    }

    public async ValueTask DisposeAsync()
    {
        await Passed();
        _stage.Dispose();
    }

    /// <summary>A batch of one event of this cgroup.</summary>
    private async Task Pass(ulong cgroup)
    {
        var batch = _stage.Rent();
        Fill(batch, cgroup, ++_time);
        await _stage.PassAsync(batch);
    }

    private static void Fill(EventBatch batch, ulong cgroup, long time)
    {
        ref var e = ref batch.Add();
        e = default;
        e.UnixNanoseconds = time;
        e.Record.Owner.CgroupId = cgroup;
    }

    private async Task<List<ConnectionEvent>> Passed()
    {
        if (!_sink.IsClosed)
        {
            _sinks.Complete();
            await _sinks.Workers[0].Completion;
        }

        return _sink.Events;
    }
}
