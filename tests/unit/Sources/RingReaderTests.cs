using System.IO.Pipelines;
using NetMon.Events;
using NetMon.Native;
using NetMon.Sources;
using NetMon.Sources.Synthetic;
using NetMon.UnitTests.Events;
using Xunit;

namespace NetMon.UnitTests.Sources;

public sealed class RingReaderTests
{
    [Theory]
    [InlineData(1, 1024 * 1024)]
    [InlineData(3, 1024 * 1024)]
    [InlineData(8, 1024 * 1024)]
    [InlineData(4, 1)]
    [InlineData(4, 200)]
    [InlineData(2, 70_000)]
    public async Task An_unpaced_source_loses_nothing_for_any_ring_and_pipe_sizes(int rings, int pipeBytes)
    {
        const int count = 30_000;
        var options = new SyntheticSourceOptions { Count = count, Rings = rings, RingBytes = rings * 256 * 1024, Seed = 7 };

        var (stream, counters) = await Drained.Run(new SyntheticSource(options), pipeBytes);

        Assert.Equal(count, stream.Records.Count);
        Assert.Equal(new SourceCounters(count, count), counters);
        Assert.Equal(count, stream.Records.Select(r => r.KtimeNanoseconds).Distinct().Count());
        Assert.Equal(0, stream.OlderThanAnEarlierTick);
        Assert.True(stream.Ticks.Zip(stream.Ticks.Skip(1)).All(pair => pair.First.KtimeNanoseconds <= pair.Second.KtimeNanoseconds), "time steps back");
        Assert.True(stream.Ticks[^1].KtimeNanoseconds >= stream.Records.Max(r => r.KtimeNanoseconds), "the last tick doesn't release everything");
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_events_except_for_their_times()
    {
        var options = new SyntheticSourceOptions { Count = 5_000, Rings = 1, Seed = 42 };
        var (first, _) = await Drained.Run(new SyntheticSource(options));
        var (again, _) = await Drained.Run(new SyntheticSource(options));
        var (other, _) = await Drained.Run(new SyntheticSource(options with { Seed = 43 }));

        Assert.Equal(Timeless(first), Timeless(again));
        Assert.NotEqual(Timeless(first), Timeless(other));
    }

    [Fact]
    public async Task A_paced_source_counts_events_dropped_while_the_reader_is_stopped()
    {
        const int count = 40_000;
        using var source = new SyntheticSource(new SyntheticSourceOptions { Count = count, Rate = 2_000_000, Rings = 2, RingBytes = 512 * 1024 });
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        var reader = new RingReader(source, pipe.Writer);
        source.Start();
        reader.Start();
        Assert.True(SpinWait.SpinUntil(() => source.HasEnded, Patience.Limit));

        var stream = await Drained.ReadAll(pipe.Reader);
        reader.Finish();
        var counters = source.ReadCounters();

        Assert.Equal((ulong)count, counters.Seen);
        Assert.Equal(counters.Seen, counters.Delivered + counters.RingFull);
        Assert.InRange(counters.RingFull, 1UL, (ulong)count - 1);
        Assert.Equal(counters.Delivered, (ulong)stream.Records.Count);
    }

    [Fact]
    public async Task A_source_is_never_ahead_of_its_pace()
    {
        var before = MonotonicClock.Now;
        var (stream, counters) = await Drained.Run(new SyntheticSource(new SyntheticSourceOptions { Count = 20_000, Rate = 100_000 }));

        Assert.Equal(20_000UL, counters.Seen);
        Assert.All(stream.Records.Select(record => record.KtimeNanoseconds).Order().Chunk(1000).Index(), chunk => Assert.True(
            chunk.Item[^1] - before >= (ulong)chunk.Index * 10_000_000, $"{1000 * (chunk.Index + 1)} events after {chunk.Item[^1] - before} ns"));
    }

    [Fact]
    public async Task A_stopped_source_ends_its_stream_after_all_delivered_records()
    {
        using var source = new SyntheticSource(new SyntheticSourceOptions { Rate = 1_000_000, Rings = 2 });
        var pipe = new Pipe();
        var reader = new RingReader(source, pipe.Writer);
        source.Start();
        reader.Start();
        var reading = Drained.ReadAll(pipe.Reader);
        Assert.True(SpinWait.SpinUntil(() => source.ReadCounters().Seen > 1000, Patience.Limit));

        source.Stop();
        reader.Finish();
        var stream = await reading;

        Assert.Equal(source.ReadCounters().Delivered, (ulong)stream.Records.Count);
    }

    private static List<string> Timeless(Drained stream) =>
        stream.Records.ConvertAll(record => Records.Hex(record with
        {
            KtimeNanoseconds = 0,
            DurationNanoseconds = 0, // the time between two events
        }));
}
