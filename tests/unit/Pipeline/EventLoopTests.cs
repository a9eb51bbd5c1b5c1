using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using CsCheck;
using NetMon.Enrichment.Peers;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.Pipeline;
using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.Pipeline.Order;
using NetMon.UnitTests.Enrichment;
using NetMon.UnitTests.Events;
using Xunit;

namespace NetMon.UnitTests.Pipeline;

public sealed class EventLoopTests
{
    private static readonly Gen<Piece> AnyPiece = Gen.Select(Gen.Int[0, 6], Gen.UInt, (kind, seed) => new Piece((Piece.What)kind, seed));

    [Fact]
    public async Task Any_stream_in_any_segments_is_decoded_as_specified() =>
        await Gen.Select(AnyPiece.Array[0, 12], Gen.Int).SampleAsync(
            async (pieces, seed) =>
            {
                var stream = Piece.Join(pieces);
                var expected = new ExpectedFrames(stream);
                var (sink, counters) = await Decode(stream, seed);

                Assert.Equal(Sorted(expected.Records), Sorted(sink.Events.Select(e => Records.Bytes(e.Record))));
                Assert.Equal(expected.Records.Count, counters.Events);
                Assert.Equal(expected.OtherVersions, counters.UnknownVersion);
                Assert.Equal(expected.CorruptBytes, counters.CorruptBytes);
                Assert.Equal(expected.CorruptRuns, counters.CorruptRuns);
                Assert.Equal(
                    stream.Length,
                    ConnectionRecord.ByteSize * counters.Events + TickRecord.ByteSize * expected.Ticks.Count + CgroupRecord.ByteSize * expected.Cgroups.Count
                        + expected.OtherVersionBytes + counters.CorruptBytes);
                Assert.True(sink.IsClosed);
            },
            iter: 20_000);

    [Fact]
    public async Task All_records_before_the_first_damage_are_unchanged() =>
        await Gen.Select(AnyPiece.Array[0, 12], Gen.Int).SampleAsync(
            async (pieces, seed) =>
            {
                var whole = pieces.TakeWhile(piece => piece.IsSound).Where(piece => piece.Kind == Piece.What.Record).Select(piece => piece.Bytes());
                var (sink, _) = await Decode(Piece.Join(pieces), seed);
                var found = sink.Events.Select(e => Convert.ToHexString(Records.Bytes(e.Record))).ToHashSet();

                Assert.All(whole, record => Assert.Contains(Convert.ToHexString(record), found));
            },
            iter: 5_000);

    [Fact]
    public async Task An_event_has_its_container_if_its_cgroup_is_reported_before_or_after_it_in_the_same_drain()
    {
        var (early, late, host) = (Records.Record(RecordKind.Close, 5), Records.Record(RecordKind.Close, 6), Records.Record(RecordKind.Close, 7));
        (early.Owner.CgroupId, late.Owner.CgroupId, host.Owner.CgroupId) = (70, 80, 1);
        byte[] stream =
        [
            .. Records.Bytes(early), .. Cgroup(RecordKind.CgroupMade, 70, DirectoryUnderTest.PathOf(1)), .. Cgroup(RecordKind.CgroupMade, 1, "/"),
            .. Cgroup(RecordKind.CgroupMade, 80, DirectoryUnderTest.PathOf(2)), .. Cgroup(RecordKind.CgroupRemoved, 80, ""),
            .. Records.Bytes(late), .. Records.Bytes(host), .. Records.Bytes(Records.Tick(100)),
        ];
        var (sink, counters) = await Decode(stream, seed: 3);
        Assert.Equal((3, 0), (counters.Events, counters.CorruptBytes));
        Assert.Equal([DirectoryUnderTest.Id(1), DirectoryUnderTest.Id(2), null], sink.Events.Select(e => e.Container?.ContainerId));
    }

    [Fact]
    public async Task A_torn_record_of_a_cgroup_is_counted_and_skipped()
    {
        var whole = Records.Bytes(Records.Record(RecordKind.Close, 7));
        var (sink, counters) = await Decode([.. whole, .. Cgroup(RecordKind.CgroupMade, 70, "/a")[..300]], seed: 1);
        Assert.Single(sink.Events);
        Assert.Equal(300, counters.CorruptBytes);
    }

    [Fact]
    public async Task Truncated_records_are_counted_and_skipped()
    {
        var whole = Records.Bytes(Records.Record(RecordKind.Close, 7));
        var (sink, counters) = await Decode([.. whole, .. whole[..100]], seed: 1);

        Assert.Equal(whole, Records.Bytes(Assert.Single(sink.Events).Record));
        Assert.Equal(100, counters.CorruptBytes);
        Assert.Equal(1, counters.CorruptRuns);
    }

    [Fact]
    public async Task A_recording_has_the_stream_up_to_its_torn_end()
    {
        byte[] whole =
        [
            .. Records.Bytes(Records.Tick(1)), .. Records.Bytes(Records.Record(RecordKind.Close, 7)), .. new byte[16],
            .. Records.Bytes(Records.Tick(8)), .. Records.Bytes(Records.Record(RecordKind.Close, 9)),
        ];
        using var recording = new MemoryStream();

        await Decode([.. whole, 128, 0, 1, 1, 0, 0, 0, 0, 5], seed: 2, recording);

        Assert.Equal(whole, recording.ToArray());
    }

    [Fact]
    public async Task Each_watermark_gives_its_released_events_their_wall_clock_time()
    {
        byte[] stream =
        [
            .. Records.Bytes(Records.Tick(0, 1000)), .. Records.Bytes(Records.Record(ktime: 10)), .. Records.Bytes(Records.Record(ktime: 30)),
            .. Records.Bytes(Records.Tick(20, 2000)), .. Records.Bytes(Records.Tick(30, 3000)), .. Records.Bytes(Records.Record(ktime: 40)),
        ];

        var (sink, _) = await Decode(stream, seed: 3);

        Assert.Equal([2010, 3030, 3040], sink.Events.Select(e => e.UnixNanoseconds));
    }

    [Fact]
    public async Task A_report_releases_a_waiting_event_without_further_input()
    {
        var node = new DirectoryUnderTest();
        node.Made(70, DirectoryUnderTest.PathOf(1));
        using var sink = new SignallingSink();
        using var enrich = new EnrichStage(node.Directory, node.Reports, new PeerTable("node-1"), TimeSpan.FromHours(1), node.Time);
        var fanout = new SinkFanout([sink], live: false);
        var pipe = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        var looping = new EventLoop(new RecordDecoder(), new EventOrder(), enrich, fanout).RunAsync(pipe.Reader);
        var record = Records.Record(RecordKind.Close, 5);
        record.Owner.CgroupId = 70;
        await pipe.Writer.WriteAsync((byte[])[.. Records.Bytes(record), .. Records.Bytes(Records.Tick(10))], TestContext.Current.CancellationToken);
        Assert.Equal(1, enrich.Held);

        node.Post(new RuntimeReport(0, [DirectoryUnderTest.Named(1)], [DirectoryUnderTest.Id(1)]));

        await sink.WaitUntilWritten();
        Assert.Equal((0, 1), (enrich.Held, enrich.Counters.Named));
        await pipe.Writer.CompleteAsync();
        await looping;
        await fanout.Workers[0].Completion;
    }

    [Fact]
    public async Task A_failure_completes_both_pipe_ends_and_the_task_has_its_cause()
    {
        var sink = new CollectingSink();
        using var enrich = EnrichStage.WithoutNames();
        var fanout = new SinkFanout([sink], live: false);
        var pipe = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var looping = new EventLoop(new RecordDecoder(), new EventOrder(), enrich, fanout, _ => throw new IOException("the disk is gone")).RunAsync(pipe.Reader);
        await pipe.Writer.WriteAsync(Records.Bytes(Records.Tick(10)), TestContext.Current.CancellationToken);

        Assert.Equal("the disk is gone", (await Assert.ThrowsAsync<IOException>(() => looping)).Message);
        await fanout.Workers[0].Completion;
        Assert.True(sink.IsClosed);
        Assert.True((await pipe.Writer.FlushAsync(TestContext.Current.CancellationToken)).IsCompleted);
    }

    private static async Task<(CollectingSink Sink, DecodeCounters Counters)> Decode(byte[] stream, int seed, Stream? recording = null)
    {
        // Inline schedulers: each flush is processed before it returns, so the loop sees exactly these pieces.
        using var pool = new OddSegments(seed);
        var pipe = new Pipe(new PipeOptions(pool, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: 0, minimumSegmentSize: 1, useSynchronizationContext: false));
        var sink = new CollectingSink();
        var fanout = new SinkFanout([sink], live: false);
        using var enrich = EnrichStage.WithoutNames();
        var decoder = new RecordDecoder();
        var loop = new EventLoop(decoder, new EventOrder(), enrich, fanout, recording is null ? null : bytes => recording.Write(bytes.ToArray()));
        var looping = loop.RunAsync(pipe.Reader);
        var random = new Random(seed);
        for (var at = 0; at < stream.Length;)
        {
            var length = Math.Min(random.Next(1, random.Next(2) == 0 ? 20 : 500), stream.Length - at);
            pipe.Writer.Write(stream.AsSpan(at, length));
            await pipe.Writer.FlushAsync(TestContext.Current.CancellationToken);
            at += length;
        }

        await pipe.Writer.CompleteAsync();
        await looping;
        await fanout.Workers[0].Completion;
        return (sink, decoder.Counters);
    }

    private static byte[] Cgroup(RecordKind kind, ulong id, string path) => Records.Bytes(CgroupRecord.Of(kind, 1, id, Encoding.UTF8.GetBytes(path)));

    private static IEnumerable<string> Sorted(IEnumerable<byte[]> records) => records.Select(Convert.ToHexString).Order(StringComparer.Ordinal);
}
