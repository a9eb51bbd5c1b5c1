using System.Buffers;
using System.Text;
using CsCheck;
using NetMon.Events;
using NetMon.Pipeline.Decode;
using NetMon.UnitTests.Events;
using Xunit;

namespace NetMon.UnitTests.Pipeline;

/// <summary>The decoder alone, without a pipe; <see cref="EventLoopTests"/> runs the same streams through all stages.</summary>
public sealed class RecordDecoderTests
{
    private static readonly Gen<Piece> AnyPiece = Gen.Select(Gen.Int[0, 6], Gen.UInt, (kind, seed) => new Piece((Piece.What)kind, seed));

    private readonly RecordDecoder _decoder = new();

    [Fact]
    public void Any_stream_is_decoded_record_by_record_for_any_split() =>
        Gen.Select(AnyPiece.Array[0, 12], Gen.Int).Sample(
            (pieces, seed) =>
            {
                var stream = Piece.Join(pieces);
                var expected = new ExpectedFrames(stream);
                var (decoder, random) = (new RecordDecoder(), new Random(seed));
                var (records, ticks) = (new List<byte[]>(), new List<byte[]>());
                for (var (used, given) = (0, 0); ;)
                {
                    given = Math.Min(stream.Length, given + random.Next(1, 400));
                    used += Read(decoder, Segments(stream[used..given], random.Next()), records, ticks);
                    if (given == stream.Length)
                    {
                        decoder.End(stream.Length - used);
                        break;
                    }
                }

                Assert.Equal(expected.Records, records);
                Assert.Equal(expected.Ticks, ticks);
                Assert.Equal(
                    (expected.Records.Count, expected.OtherVersions, expected.CorruptBytes, expected.CorruptRuns),
                    (decoder.Counters.Events, decoder.Counters.UnknownVersion, decoder.Counters.CorruptBytes, decoder.Counters.CorruptRuns));
            },
            iter: 10_000);

    [Fact]
    public void A_record_across_a_segment_edge_is_decoded()
    {
        var record = Records.Bytes(Records.Record(RecordKind.Close, 7));
        var cgroup = Records.Bytes(CgroupRecord.Of(RecordKind.CgroupMade, 1, 70, Encoding.UTF8.GetBytes("/a")));
        byte[] stream = [.. record, .. cgroup, .. record];
        for (var cut = 1; cut < stream.Length; cut++)
        {
            var reader = new SequenceReader<byte>(Cut(stream, cut));
            Assert.True(_decoder.TryRead(ref reader, out var decoded));
            Assert.Equal((RecordKind.Close, 7UL), (decoded.Kind, decoded.Connection.KtimeNanoseconds));
            Assert.True(_decoder.TryRead(ref reader, out decoded));
            Assert.Equal((RecordKind.CgroupMade, 70UL), (decoded.Kind, decoded.Cgroup.CgroupId));
            Assert.True(_decoder.TryRead(ref reader, out decoded));
            Assert.Equal(record, Records.Bytes(decoded.Connection));
            Assert.False(_decoder.TryRead(ref reader, out _));
            Assert.True(reader.End);
        }

        Assert.Equal((2 * (stream.Length - 1), 0), (_decoder.Counters.Events, _decoder.Counters.CorruptBytes));
    }

    [Fact]
    public void An_incomplete_record_stays_for_the_next_read()
    {
        var record = Records.Bytes(Records.Record(RecordKind.Close, 7));
        for (var length = 0; length < record.Length; length++)
        {
            var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(record, 0, length));
            Assert.False(_decoder.TryRead(ref reader, out _));
            Assert.Equal(0, reader.Consumed);
        }

        Assert.Equal((0, 0), (_decoder.Counters.Events, _decoder.Counters.CorruptBytes));
    }

    [Fact]
    public void A_torn_end_belongs_to_the_corrupt_run_before_it_or_counts_as_one()
    {
        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(new byte[16]));
        Assert.False(_decoder.TryRead(ref reader, out _));
        _decoder.End(5);
        Assert.Equal((21, 1), (_decoder.Counters.CorruptBytes, _decoder.Counters.CorruptRuns));

        var other = new RecordDecoder();
        other.End(0);
        Assert.Equal((0, 0), (other.Counters.CorruptBytes, other.Counters.CorruptRuns));
        other.End(5);
        Assert.Equal((5, 1), (other.Counters.CorruptBytes, other.Counters.CorruptRuns));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        byte[] all = [.. Enumerable.Range(0, 1000).SelectMany(n => Records.Bytes(Records.Record(RecordKind.Close, (ulong)n)))];
        var stream = Segments(all, seed: 5);
        Assert.False(stream.IsSingleSegment);
        Count(stream);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = Count(stream);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1000, count);
    }

    private int Count(in ReadOnlySequence<byte> stream)
    {
        var reader = new SequenceReader<byte>(stream);
        var count = 0;
        while (_decoder.TryRead(ref reader, out _))
        {
            count++;
        }

        return count;
    }

    /// <summary>Decodes all complete records; returns the bytes consumed.</summary>
    private static int Read(RecordDecoder decoder, in ReadOnlySequence<byte> bytes, List<byte[]> records, List<byte[]> ticks)
    {
        var reader = new SequenceReader<byte>(bytes);
        while (decoder.TryRead(ref reader, out var decoded))
        {
            if (decoded.Kind == RecordKind.Tick)
            {
                ticks.Add(Records.Bytes(decoded.Tick));
            }
            else if (decoded.Kind is not (RecordKind.CgroupMade or RecordKind.CgroupRemoved)) // the middle of a record may look like one
            {
                records.Add(Records.Bytes(decoded.Connection));
            }
        }

        return (int)reader.Consumed;
    }

    private static ReadOnlySequence<byte> Cut(byte[] bytes, int at) => Segment.Join([bytes[..at], bytes[at..]]);

    /// <summary>The same bytes in segments of random lengths.</summary>
    private static ReadOnlySequence<byte> Segments(byte[] bytes, int seed)
    {
        var random = new Random(seed);
        var pieces = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Next(1, random.Next(2) == 0 ? 12 : 200), bytes.Length - at);
            pieces.Add(bytes[at..(at + length)]);
            at += length;
        }

        return pieces.Count == 0 ? ReadOnlySequence<byte>.Empty : Segment.Join(pieces);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Join(IReadOnlyList<byte[]> pieces)
        {
            var first = new Segment { Memory = pieces[0] };
            var last = first;
            foreach (var piece in pieces.Skip(1))
            {
                var next = new Segment { Memory = piece, RunningIndex = last.RunningIndex + last.Memory.Length };
                last.Next = next;
                last = next;
            }

            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
