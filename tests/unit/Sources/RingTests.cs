using System.Runtime.InteropServices;
using CsCheck;
using NetMon.Native;
using Xunit;

namespace NetMon.UnitTests.Sources;

public sealed class RingTests : IDisposable
{
    private const int RingBytes = 64 * 1024;
    private const int PerRecord = 8 + 128;

    private readonly RingMapping _ring = RingMapping.InMemory(RingBytes);
    private readonly RingProducer _producer;
    private readonly RingConsumer _consumer;

    public RingTests() => (_producer, _consumer) = (new RingProducer(_ring), new RingConsumer(_ring));

    public void Dispose() => _ring.Dispose();

    [Fact]
    public void Records_of_any_length_are_unchanged_over_many_rounds()
    {
        var random = new Random(1);
        var sent = new Queue<byte[]>();
        var total = 0L;
        while (total < 200L * RingBytes)
        {
            var record = new byte[random.Next(0, 1200)];
            random.NextBytes(record);
            while (!_producer.TryWrite(record))
            {
                Drain(sent, random.Next(1, 60));
            }

            sent.Enqueue(record);
            total += record.Length;
        }

        Drain(sent, int.MaxValue);
        Assert.Empty(sent);
    }

    [Fact]
    public void Any_interleaving_of_writes_and_drains_loses_nothing() => Gen.Select(Gen.Int[0, 2000], Gen.Int[0, 40]).Array[1, 200].Sample(
        steps =>
        {
            using var ring = RingMapping.InMemory(4096);
            var (producer, consumer) = (new RingProducer(ring), new RingConsumer(ring));
            var (written, read, held) = (0, 0, new Queue<int>());
            foreach (var (length, drain) in steps)
            {
                var record = new byte[length];
                record.AsSpan().Fill((byte)written);
                if (producer.TryWrite(record))
                {
                    held.Enqueue(length);
                    written++;
                }

                consumer.Begin();
                for (var i = 0; i < drain && consumer.TryNext(out var got); i++)
                {
                    Assert.Equal(held.Dequeue(), got.Length);
                    Assert.False(got.ContainsAnyExcept((byte)read));
                    read++;
                }

                consumer.Commit();
            }
        },
        iter: 500);

    [Fact]
    public void A_full_ring_refuses_records_until_space_is_released()
    {
        var record = new byte[128];
        var fit = 0;
        while (_producer.TryWrite(record))
        {
            fit++;
        }

        Assert.Equal(RingBytes / PerRecord, fit);

        _consumer.Begin();
        Assert.True(_consumer.TryNext(out _));
        Assert.False(_producer.TryWrite(record)); // read, but not released yet
        _consumer.Commit();
        Assert.True(_producer.TryWrite(record));
        Assert.False(_producer.TryWrite(record));
    }

    [Fact]
    public void A_drain_ends_at_the_producer_position_of_its_start()
    {
        _producer.TryWrite([1]);
        _consumer.Begin();
        _producer.TryWrite([2]);

        Assert.True(_consumer.TryNext(out var first));
        Assert.Equal(1, first[0]);
        Assert.False(_consumer.TryNext(out _));

        _consumer.Begin();
        Assert.True(_consumer.TryNext(out var second));
        Assert.Equal(2, second[0]);
    }

    [Fact]
    public void A_reserved_record_stops_the_drain_until_it_is_submitted()
    {
        _producer.TryWrite([1]);
        _producer.TryWrite([2]);
        _producer.TryWrite([3]);
        SetHeader(at: 16, 1 | int.MinValue);

        _consumer.Begin();
        Assert.True(_consumer.TryNext(out _));
        Assert.False(_consumer.TryNext(out _));
        Assert.True(_consumer.Blocked);
        _consumer.Commit();

        SetHeader(at: 16, 1);
        _consumer.Begin();
        Assert.False(_consumer.Blocked);
        Assert.True(_consumer.TryNext(out var second));
        Assert.Equal(2, second[0]);
        Assert.True(_consumer.TryNext(out var third));
        Assert.Equal(3, third[0]);
    }

    [Fact]
    public void A_discarded_record_is_skipped()
    {
        _producer.TryWrite([1]);
        _producer.TryWrite([2, 2, 2, 2, 2, 2, 2, 2, 2]);
        _producer.TryWrite([3]);
        SetHeader(at: 16, 9 | 1 << 30);

        _consumer.Begin();
        Assert.True(_consumer.TryNext(out _));
        Assert.True(_consumer.TryNext(out var third));
        Assert.Equal(3, third[0]);
        Assert.False(_consumer.Blocked);
    }

    [Fact]
    public void A_concurrent_producer_and_consumer_move_five_million_records_in_order()
    {
        const long records = 5_000_000;
        var producing = new Thread(() =>
        {
            for (var i = 0L; i < records;)
            {
                // The length differs too, so that reading a header too early would show.
                var numbers = (ReadOnlySpan<long>)[i, ~i, i];
                if (_producer.TryWrite(MemoryMarshal.AsBytes(numbers[..(2 + (int)(i & 1))])))
                {
                    i++;
                }
                else
                {
                    Thread.Yield();
                }
            }
        });
        producing.Start();
        var (next, wrong) = (0L, 0);
        while (next < records)
        {
            _consumer.Begin();
            while (_consumer.TryNext(out var record))
            {
                var numbers = MemoryMarshal.Cast<byte, long>(record);
                wrong += numbers.Length == 2 + (int)(next & 1) && numbers[0] == next && numbers[1] == ~next ? 0 : 1;
                next++;
            }

            _consumer.Commit();
            Thread.Yield();
        }

        producing.Join();
        Assert.Equal(0, wrong);
    }

    private void Drain(Queue<byte[]> sent, int atMost)
    {
        _consumer.Begin();
        for (var i = 0; i < atMost && _consumer.TryNext(out var record); i++)
        {
            Assert.Equal<byte>(sent.Dequeue(), record);
        }

        _consumer.Commit();
    }

    private void SetHeader(int at, int header) => RingHeader.Set(_ring, at, header);
}
