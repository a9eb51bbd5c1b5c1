using System.IO.Pipelines;
using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Native;
using NetMon.Sources;
using NetMon.UnitTests.Events;
using Xunit;

namespace NetMon.UnitTests.Sources;

/// <summary>A ring whose producer has reserved a record and never submits it.</summary>
public sealed class BlockedRingTests
{
    [Fact]
    public async Task A_blocked_ring_delays_the_watermark_only_for_a_while_and_does_not_block_the_stop()
    {
        using var source = new HalfBlockedSource();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        var reader = new RingReader(source, pipe.Writer);
        reader.Start();
        source.HasEnded = true;

        var stream = await Drained.ReadAll(pipe.Reader);
        reader.Finish();

        Assert.Equal(HalfBlockedSource.Time, Assert.Single(stream.Records).KtimeNanoseconds);
        Assert.Contains(stream.Ticks, tick => tick.KtimeNanoseconds == HalfBlockedSource.Time);
    }

    private sealed class HalfBlockedSource : IRecordSource
    {
        public const ulong Time = 1000;
        private volatile bool _ended;

        public HalfBlockedSource()
        {
            foreach (var ring in Rings)
            {
                var record = Records.Record(RecordKind.Close, 1) with { KtimeNanoseconds = Time };
                new RingProducer(ring).TryWrite(MemoryMarshal.AsBytes(new ReadOnlySpan<ConnectionRecord>(in record)));
            }

            RingHeader.Set(Rings[1], at: 0, ConnectionRecord.ByteSize | int.MinValue);
        }

        public string Description => "one ring of two blocked";

        public IReadOnlyList<RingMapping> Rings { get; } = [RingMapping.InMemory(65536), RingMapping.InMemory(65536)];

        public bool IsLive => false;

        public bool HasEnded
        {
            get => _ended;
            set => _ended = value;
        }

        public SourceTime ReadTime() => new(Time, 0);

        public SourceCounters ReadCounters() => new(2, 2);

        public void Start()
        {
        }

        public void Stop()
        {
        }

        public void Dispose()
        {
            foreach (var ring in Rings)
            {
                ring.Dispose();
            }
        }
    }
}
