using System.Buffers;
using System.IO.Pipelines;
using NetMon.Events;
using NetMon.Pipeline;
using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.Pipeline.Order;
using NetMon.Sources;
using NetMon.Sources.Replay;
using NetMon.UnitTests.Events;
using NetMon.UnitTests.Pipeline;
using Xunit;

namespace NetMon.UnitTests.Sources;

public sealed class ReplaySourceTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_recording_replays_the_same_records()
    {
        var records = Enumerable.Range(1, 50_000).Select(i => Numbered((ulong)i)).ToList();
        WriteFile([.. Records.Bytes(Records.Tick(0, 5)), .. records.SelectMany(Records.Bytes), .. Records.Bytes(Records.Tick(60_000, 5))]);

        var (stream, counters) = await Play();

        Assert.Equal(records.ConvertAll(Records.Hex), stream.Records.ConvertAll(Records.Hex));
        Assert.Equal(new SourceCounters(50_000, 50_000), counters);
        Assert.Equal((ulong.MaxValue, 5L), (stream.Ticks[^1].KtimeNanoseconds, stream.Ticks[^1].ClockOffsetNanoseconds));
    }

    [Fact]
    public async Task A_recording_replays_to_the_same_events_despite_clock_changes()
    {
        // Each watermark has another offset, as the kernel's have: an event's time must use the watermark that released it.
        var stream = new List<byte>();
        for (var i = 0UL; i < 2000; i++)
        {
            stream.AddRange(Records.Bytes(Records.Tick(10 * i, 1_000_000 + (long)(i * i))));
            stream.AddRange(Records.Bytes(Numbered(10 * i + 7)));
            stream.AddRange(Records.Bytes(Numbered(10 * i + 3)));
        }

        stream.AddRange(Records.Bytes(Records.Tick(20_000, 77)));
        using var recording = new MemoryStream();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(stream.ToArray(), TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync();
        var first = await Decode(pipe.Reader, recording);
        WriteFile(recording.ToArray());

        using var source = ReplaySource.Open(_file);
        var again = new Pipe();
        var reader = new RingReader(source, again.Writer);
        source.Start();
        reader.Start();
        var replayed = await Decode(again.Reader, null);
        reader.Finish();

        Assert.Equal(4000, first.Count);
        Assert.Equal(first, replayed);
    }

    [Fact]
    public async Task A_torn_end_is_counted_and_all_earlier_records_replay()
    {
        var whole = Records.Bytes(Numbered(1));
        WriteFile([.. Records.Bytes(Records.Tick(0)), .. whole, .. whole[..77]]);

        var (stream, counters) = await Play();

        Assert.Equal(whole, Records.Bytes(Assert.Single(stream.Records)));
        Assert.Equal(1UL, counters.Seen);
        Assert.Equal(77UL, counters.CorruptBytes);
    }

    [Fact]
    public async Task Garbage_between_records_is_counted_and_skipped()
    {
        var whole = Records.Bytes(Numbered(1));
        byte[] otherVersion = [32, 0, 9, 1, .. new byte[28]];
        WriteFile([.. new byte[40], .. whole, .. otherVersion, .. whole, .. new byte[8], .. whole]);

        var (stream, counters) = await Play();

        Assert.Equal(3, stream.Records.Count);
        Assert.Equal(40UL + 32 + 8, counters.CorruptBytes);
    }

    [Fact]
    public async Task Bytes_are_accounted_for_across_the_edges_of_the_file_buffer()
    {
        // 2.5 MiB with occasional tears, so that the 1 MiB buffer ends inside every kind of frame.
        var random = new Random(3);
        var stream = Piece.Join(Enumerable.Range(0, 20_000).Select(_ => new Piece((Piece.What)random.Next(7), (uint)random.Next())));
        var expected = new ExpectedFrames(stream);
        Assert.True(stream.Length > 2_500_000);
        WriteFile(stream);

        var (played, counters) = await Play();

        Assert.Equal(expected.Records.Count, played.Records.Count);
        Assert.Equal((ulong)(expected.CorruptBytes + expected.OtherVersionBytes), counters.CorruptBytes);
    }

    [Fact]
    public async Task An_empty_recording_has_no_records()
    {
        WriteFile([]);

        var (stream, counters) = await Play();

        Assert.Empty(stream.Records);
        Assert.Equal(new SourceCounters(0, 0), counters);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NETMON")]
    [InlineData("{\"timestamp\":\"2026\"}")]
    public void A_file_that_is_not_a_recording_is_refused_with_advice(string contents)
    {
        File.WriteAllText(_file, contents);

        Assert.Contains("it is not a recording. netmon run --record", Assert.Throws<SourceException>(() => ReplaySource.Open(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_refused_by_name() =>
        Assert.Contains("cannot replay /nowhere/x", Assert.Throws<SourceException>(() => ReplaySource.Open("/nowhere/x")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_replay_stopped_early_counts_the_unread_records()
    {
        WriteFile([.. Enumerable.Range(1, 60_000).SelectMany(i => Records.Bytes(Numbered((ulong)i)))]);
        using var source = ReplaySource.Open(_file);
        source.Start();
        Assert.True(SpinWait.SpinUntil(() => source.ReadCounters().Seen > 20_000, Patience.Limit));

        source.Stop();

        var counters = source.ReadCounters();
        Assert.True(source.HasEnded);
        Assert.InRange(counters.Seen, 20_001UL, 59_999UL);
        Assert.Equal(counters.Seen, counters.Delivered + counters.RingFull);
    }

    private static ConnectionRecord Numbered(ulong number) =>
        Records.Record(RecordKind.Close, number) with { Owner = new OwnerRecord { CgroupId = number, Pid = (uint)number } };

    private void WriteFile(byte[] stream) => File.WriteAllBytes(_file, [.. Recording.Magic, .. stream]);

    private Task<(Drained Stream, SourceCounters Counters)> Play() => Drained.Run(ReplaySource.Open(_file));

    private static async Task<List<(long, string)>> Decode(PipeReader pipe, Stream? recording)
    {
        var sink = new CollectingSink();
        var fanout = new SinkFanout([sink], live: false);
        using var enrich = EnrichStage.WithoutNames();
        await new EventLoop(new RecordDecoder(), new EventOrder(), enrich, fanout, recording is null ? null : bytes => recording.Write(bytes.ToArray())).RunAsync(pipe);
        await fanout.Workers[0].Completion;
        return sink.Events.ConvertAll(e => (e.UnixNanoseconds, Records.Hex(e.Record)));
    }
}
