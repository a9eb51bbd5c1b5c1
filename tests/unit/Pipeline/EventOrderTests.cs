using CsCheck;
using NetMon.Events;
using NetMon.Pipeline.Batch;
using NetMon.Pipeline.Order;
using NetMon.UnitTests.Events;
using Xunit;

namespace NetMon.UnitTests.Pipeline;

public sealed class EventOrderTests
{
    private const long Offset = 1_000_000;

    private readonly EventOrder _order = new();

    /// <summary>The next step: a record of one of the rings, with its distance from the ring's last one, or a watermark.</summary>
    private static readonly Gen<(int Ring, int Step)> AnyStep = Gen.Select(Gen.Int[-1, 5], Gen.Int[0, 6]);

    [Fact]
    public void Ordered_rings_are_merged_stably_up_to_the_watermark() => AnyStep.Array[0, 200].Sample(
        steps =>
        {
            var order = new EventOrder();
            var rings = new ulong[6];
            var pending = new List<(ulong Time, ulong Tag)>();
            var (watermark, late, tag) = (0UL, 0, 0UL);
            foreach (var (ring, step) in steps)
            {
                if (ring >= 0)
                {
                    rings[ring] += (ulong)step;
                    late += rings[ring] < watermark ? 1 : 0;
                    pending.Add((rings[ring], ++tag));
                    Add(order, rings[ring], tag);
                    continue;
                }

                // The watermark is sometimes before the rings, sometimes ahead of some, and sometimes steps back.
                var next = (ulong)Math.Max(0, (long)rings[step % 6] + 2 * step - 6);
                watermark = Math.Max(watermark, next);
                Assert.Equal(pending.Where(r => r.Time <= watermark).OrderBy(r => r.Time), Release(order, next));
                pending.RemoveAll(r => r.Time <= watermark);
            }

            Assert.Equal(pending.OrderBy(r => r.Time), Release(order, ulong.MaxValue));
            Assert.Equal(late, order.Late);
            Assert.False(order.HasReleased);
        },
        iter: 4_000);

    [Fact]
    public void Unordered_records_are_sorted_too() => Gen.ULong[0, 50].Array[0, 3000].Sample(
        times =>
        {
            var order = new EventOrder();
            var records = times.Select((time, i) => (Time: time, Tag: (ulong)i)).ToList();
            records.ForEach(r => Add(order, r.Time, r.Tag));

            Assert.Equal(records.OrderBy(r => r.Time), Release(order, ulong.MaxValue));
        },
        iter: 300);

    [Fact]
    public void No_later_event_is_older_than_the_time_of_a_batch()
    {
        for (var time = 1UL; time <= 3 * EventBatch.Capacity; time++)
        {
            Add(_order, time, time);
        }

        _order.Release(5000, Offset);
        var batches = new List<EventBatch>();
        do
        {
            batches.Add(new EventBatch());
            _order.TakeInto(batches[^1]);
        }
        while (_order.HasReleased);

        Assert.Equal(3, batches.Count);
        Assert.All(batches.Zip(batches.Skip(1)), pair => Assert.InRange(
            pair.First.WatermarkUnixNanoseconds, pair.First.Events[^1].UnixNanoseconds, pair.Second.Events[0].UnixNanoseconds));
        Assert.Equal(5000 + Offset, batches[^1].WatermarkUnixNanoseconds);
    }

    [Fact]
    public void A_record_older_than_the_watermark_is_counted_and_released_with_the_next_one()
    {
        Add(_order, 10, 1);
        Assert.Single(Release(_order, 20));

        Add(_order, 19, 2);
        Add(_order, 20, 3);

        Assert.Equal(1, _order.Late);
        Assert.Equal([(19UL, 2UL), (20UL, 3UL)], Release(_order, 20));
    }

    [Fact]
    public void A_watermark_that_steps_back_blocks_nothing()
    {
        _order.Release(100, Offset);
        Add(_order, 90, 1);

        Assert.Single(Release(_order, 50));
        Assert.Equal(1, _order.Late);
    }

    [Fact]
    public void A_reused_batch_has_no_container_and_no_peer_of_an_earlier_event()
    {
        var batches = new EventBatchPool(1);
        var batch = batches.Rent();
        batch.Add() = new ConnectionEvent { Container = new ContainerIdentity("a", "b", "c", "d"), Peer = new PeerIdentity("a") };
        batches.Return(batch);
        Add(_order, 1, 1);
        _order.Release(1, Offset);
        var again = batches.Rent();

        _order.TakeInto(again);

        Assert.Same(batch, again);
        var e = Assert.Single(again.Events.ToArray());
        Assert.Equal((null, null), (e.Container, e.Peer));
    }

    private static void Add(EventOrder order, ulong time, ulong tag)
    {
        var record = Records.Record(ktime: time);
        record.Owner.CgroupId = tag;
        order.Add(in record);
    }

    private static List<(ulong Time, ulong Tag)> Release(EventOrder order, ulong watermark)
    {
        var released = new List<(ulong, ulong)>();
        order.Release(watermark, Offset);
        while (order.HasReleased)
        {
            var batch = new EventBatch();
            order.TakeInto(batch);
            foreach (var e in batch.Events)
            {
                Assert.Equal((long)e.Record.KtimeNanoseconds + Offset, e.UnixNanoseconds);
                released.Add((e.Record.KtimeNanoseconds, e.Record.Owner.CgroupId));
            }
        }

        return released;
    }
}
