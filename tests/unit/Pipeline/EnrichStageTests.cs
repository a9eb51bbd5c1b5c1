using NetMon.Enrichment.Peers;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.Pipeline.Batch;
using NetMon.Pipeline.Enrich;
using NetMon.UnitTests.Enrichment;
using Xunit;
using static NetMon.UnitTests.Enrichment.DirectoryUnderTest;

namespace NetMon.UnitTests.Pipeline;

public sealed class EnrichStageTests : IDisposable
{
    private const ulong HostCgroup = 1;
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(200);

    private readonly DirectoryUnderTest _node = new();
    private EnrichStage _stage;
    private long _time;

    public EnrichStageTests()
    {
        _stage = new EnrichStage(_node.Directory, _node.Reports, new PeerTable("node-1"), Bound, _node.Time);
        _node.Made(HostCgroup, "/");
        _node.Made(7, PathOf(1));
    }

    public void Dispose() => _stage.Dispose();

    [Fact]
    public void A_batch_that_needs_no_name_is_released_at_once()
    {
        Offer(HostCgroup);
        Assert.Equal(0, _stage.Held);
        Assert.Null(Assert.Single(Taken()).Container);
    }

    [Fact]
    public void A_batch_is_handed_out_once_and_unchanged()
    {
        EventBatch[] offered = [Offer(HostCgroup), Offer(HostCgroup)];

        Assert.Equal(0, _stage.Events.Accepts);
        Assert.True(_stage.TryTake(out var first));
        Assert.Equal(1, _stage.Events.Accepts);
        Assert.True(_stage.TryTake(out var second));
        Assert.False(_stage.TryTake(out _));

        Assert.Equal(offered, [first, second]);
        Assert.Equal(2, _stage.Events.Accepts);
    }

    [Fact]
    public void A_batch_waits_for_its_name_and_later_batches_wait_to_keep_the_order()
    {
        var woken = 0;
        _stage.OnWake(() => woken++);
        Offer(7);
        Offer(HostCgroup);
        Offer(7);
        Assert.Equal(3, _stage.Held);
        Assert.Empty(Taken());

        _node.Time.Advance(TimeSpan.FromMilliseconds(50));
        _node.Post(new RuntimeReport(0, [Named(1)], [Id(1)]));
        Assert.Equal(1, woken);
        Assert.Empty(Taken());
        _stage.Advance();
        Assert.Equal(0, _stage.Held);
        var events = Taken();
        Assert.Equal([1, 2, 3], events.Select(e => e.UnixNanoseconds));
        Assert.Equal([Named(1), null, Named(1)], events.Select(e => e.Container));
        Assert.Equal((3, 0, 2, 2), (_stage.Counters.BatchesDelayed, _stage.Counters.BatchesTimedOut, _stage.Counters.InContainers, _stage.Counters.Named));
        Assert.InRange(_stage.Counters.WaitMicroseconds(0.99), 50_000, 100_000);
    }

    [Fact]
    public void Named_batches_before_the_first_waiting_one_are_released()
    {
        _node.Made(8, PathOf(2));
        Offer(7);
        Offer(8);
        Offer(7);
        _node.Post(new RuntimeReport(0, [Named(1)], [Id(1)]));
        _stage.Advance();
        Assert.Equal([1], Taken().Select(e => e.UnixNanoseconds));
        Assert.Equal(2, _stage.Held);

        _node.Post(new RuntimeReport(0, [Named(2)], [Id(2)]));
        _stage.Advance();
        Assert.Equal([2, 3], Taken().Select(e => e.UnixNanoseconds));
    }

    [Fact]
    public void A_report_wakes_nothing_while_no_batch_is_held()
    {
        var woken = 0;
        _stage.OnWake(() => woken++);
        Offer(HostCgroup);
        _node.Post(new RuntimeReport(0, [Named(2)], []));
        Assert.Equal(0, woken);

        Offer(7);
        _node.Post(new RuntimeReport(0, [Named(1)], [Id(1)]));
        _stage.Advance();
        Assert.Equal(1, woken);
        _node.Post(new RuntimeReport(0, [Named(2)], []));
        Assert.Equal(1, woken);
    }

    [Fact]
    public void A_batch_is_released_at_the_timeout_without_an_external_wake_up()
    {
        var woken = 0;
        _stage.OnWake(() => woken++);
        Offer(7);
        _node.Time.Advance(Bound - TimeSpan.FromMilliseconds(1));
        _stage.Advance();
        Assert.Equal(1, _stage.Held);
        _node.Time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.True(woken > 0, "nobody was woken");
        _stage.Advance();
        Assert.Equal(0, _stage.Held);
        var e = Assert.Single(Taken());
        Assert.Equal(new ContainerIdentity(Id(1), PodUid: PodUid(1)), e.Container);
        Assert.Equal((1, 0), (_stage.Counters.BatchesTimedOut, _stage.Counters.Named));
    }

    [Fact]
    public void With_a_timeout_of_zero_nothing_waits_and_a_later_event_has_the_name()
    {
        _stage.Dispose();
        _stage = new EnrichStage(_node.Directory, _node.Reports, new PeerTable("node-1"), TimeSpan.Zero, _node.Time);
        Offer(7);
        Assert.Equal(0, _stage.Held);
        _node.Post(new RuntimeReport(0, [Named(1)], [Id(1)]));
        _stage.Advance();
        Offer(7);
        Assert.Equal([false, true], Taken().Select(e => e.Container!.IsNamed));
    }

    [Fact]
    public void Above_the_limit_the_oldest_batches_are_released_in_order()
    {
        const int batches = EnrichStage.MostHeld + 20;
        for (var n = 0; n < batches; n++)
        {
            Offer(7);
        }

        Assert.Equal(EnrichStage.MostHeld, _stage.Held);
        Assert.Equal(20, _stage.Counters.BatchesEvicted);
        var events = Taken();
        Assert.Equal(20, events.Count);
        _stage.Finish();
        events.AddRange(Taken());
        Assert.Equal(Enumerable.Range(1, batches).Select(n => (long)n), events.Select(e => e.UnixNanoseconds));
    }

    [Fact]
    public void The_end_of_the_stream_does_not_wait_for_names()
    {
        Offer(7);
        _stage.Finish();
        Assert.Single(Taken());
    }

    [Fact]
    public void The_watermark_does_not_pass_held_batches()
    {
        var empty = new EventBatch { WatermarkUnixNanoseconds = 1000 };
        Offer(7);
        Assert.False(_stage.Offer(empty));
        Assert.Equal(1, _stage.Held);
        _stage.Finish();
        Assert.Single(Taken());

        Assert.True(_stage.Offer(empty));
        Assert.True(_stage.TryTake(out var taken));
        Assert.Same(empty, taken);
    }

    [Fact]
    public void Naming_a_batch_allocates_nothing()
    {
        _node.Tell(Named(1));
        var batch = new EventBatch();
        while (!batch.IsFull)
        {
            batch.Add().Record = new ConnectionRecord { Kind = RecordKind.Accept, Owner = new OwnerRecord { CgroupId = ++_time % 3 == 0 ? HostCgroup : 7 } };
        }

        Rounds(100); // one-time allocations, some of them by tiered compilation
        var before = GC.GetAllocatedBytesForCurrentThread();
        Rounds(100);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(200 * EventBatch.Capacity, _stage.Events.Accepts);

        void Rounds(int count)
        {
            for (var round = 0; round < count; round++)
            {
                Round(batch);
            }
        }
    }

    private void Round(EventBatch batch)
    {
        _stage.Advance();
        if (!_stage.Offer(batch) || !_stage.TryTake(out _))
        {
            Assert.Fail("it was held");
        }
    }

    /// <summary>A batch of one event of this cgroup.</summary>
    private EventBatch Offer(ulong cgroup)
    {
        var batch = new EventBatch();
        ref var e = ref batch.Add();
        e.UnixNanoseconds = ++_time;
        e.Record.Kind = RecordKind.Accept;
        e.Record.Owner.CgroupId = cgroup;
        Assert.True(_stage.Offer(batch));
        return batch;
    }

    /// <summary>The events that the stage hands out now.</summary>
    private List<ConnectionEvent> Taken()
    {
        var events = new List<ConnectionEvent>();
        while (_stage.TryTake(out var batch))
        {
            events.AddRange(batch.Events);
        }

        return events;
    }
}
