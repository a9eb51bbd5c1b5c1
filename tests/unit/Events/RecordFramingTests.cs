using CsCheck;
using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Events;

public sealed class RecordFramingTests
{
    private static readonly Gen<Piece> AnyPiece = Gen.Select(Gen.Int[0, 6], Gen.UInt, (kind, seed) => new Piece((Piece.What)kind, seed));

    [Fact]
    public void Any_bytes_are_framed_completely_as_specified() => AnyPiece.Array[0, 5].Sample(
        pieces =>
        {
            var stream = Piece.Join(pieces);
            var expected = new ExpectedFrames(stream);
            var (records, cgroups, ticks, others, corrupt, at) = (0, 0, 0, 0, 0, 0);
            while (at < stream.Length)
            {
                var status = RecordFraming.Inspect(stream.AsSpan(at), out var length);
                if (status == FrameStatus.Partial)
                {
                    Require(length == 0, "a part was taken");
                    corrupt += stream.Length - at;
                    break;
                }

                Require(length > 0 && length <= stream.Length - at, "no step, or one past the end");
                var tick = status == FrameStatus.Whole && stream[at + 3] == (byte)RecordKind.Tick;
                var cgroup = status == FrameStatus.Whole && (RecordKind)stream[at + 3] is RecordKind.CgroupMade or RecordKind.CgroupRemoved;
                Require(
                    status != FrameStatus.Whole || length == (tick ? TickRecord.ByteSize : cgroup ? CgroupRecord.ByteSize : ConnectionRecord.ByteSize),
                    "a whole record of a wrong length");
                records += status == FrameStatus.Whole && !tick && !cgroup ? 1 : 0;
                cgroups += cgroup ? 1 : 0;
                ticks += tick ? 1 : 0;
                others += status == FrameStatus.UnknownVersion ? length : 0;
                corrupt += status == FrameStatus.Corrupt ? length : 0;
                at += length;
            }

            Require(ConnectionRecord.ByteSize * records + TickRecord.ByteSize * ticks + CgroupRecord.ByteSize * cgroups + others + corrupt == stream.Length, "bytes unaccounted for");
            Require(
                (records, cgroups, ticks, others, corrupt) == (expected.Records.Count, expected.Cgroups.Count, expected.Ticks.Count, expected.OtherVersionBytes, expected.CorruptBytes),
                "not what the specification says");
        },
        iter: 500_000);

    [Fact]
    public void A_prefix_of_a_frame_is_partial_or_gives_the_same_result_as_the_whole() => Gen.Select(AnyPiece, Gen.UInt).Sample(
        (piece, seed) =>
        {
            var whole = piece.Bytes();
            Array.Resize(ref whole, Math.Max(whole.Length, RecordFraming.Alignment));
            var prefix = whole.AsSpan(0, (int)(seed % (uint)(whole.Length + 1))).ToArray();
            var status = RecordFraming.Inspect(prefix, out var length);

            Require(
                status == FrameStatus.Partial || (status == RecordFraming.Inspect(whole, out var wholeLength) && length == wholeLength),
                "fewer bytes say something else");
        },
        iter: 300_000);

    [Fact]
    public void Random_bytes_never_give_a_frame_beyond_the_input() => Gen.Byte.Array[0, 24].Sample(
        bytes =>
        {
            var status = RecordFraming.Inspect(bytes, out var length);

            Require(length <= bytes.Length && (status == FrameStatus.Partial) == (length == 0), "a step past the end, or none");
        },
        iter: 200_000);

    [Theory]
    [InlineData(176, 2, RecordKind.Connect, FrameStatus.Whole, 176)]
    [InlineData(176, 2, RecordKind.Close, FrameStatus.Whole, 176)]
    [InlineData(176, 2, RecordKind.Flow, FrameStatus.Whole, 176)]
    [InlineData(24, 2, RecordKind.Tick, FrameStatus.Whole, 24)]
    [InlineData(176, 2, RecordKind.Tick, FrameStatus.Corrupt, 8)]
    [InlineData(24, 2, RecordKind.Accept, FrameStatus.Corrupt, 8)]
    [InlineData(184, 2, RecordKind.Close, FrameStatus.Corrupt, 8)]
    [InlineData(176, 2, RecordKind.None, FrameStatus.Corrupt, 8)]
    [InlineData(176, 2, (RecordKind)5, FrameStatus.Corrupt, 8)]
    [InlineData(176, 2, (RecordKind)17, FrameStatus.Corrupt, 8)]
    [InlineData(176, 0, RecordKind.Close, FrameStatus.Corrupt, 8)]
    [InlineData(128, 1, RecordKind.Close, FrameStatus.UnknownVersion, 128)]
    [InlineData(136, 3, RecordKind.Close, FrameStatus.UnknownVersion, 136)]
    [InlineData(8, 255, RecordKind.None, FrameStatus.UnknownVersion, 8)]
    [InlineData(1024, 3, RecordKind.Close, FrameStatus.UnknownVersion, 1024)]
    [InlineData(1032, 3, RecordKind.Close, FrameStatus.Corrupt, 8)]
    [InlineData(0, 3, RecordKind.Close, FrameStatus.Corrupt, 8)]
    [InlineData(129, 3, RecordKind.Close, FrameStatus.Corrupt, 8)]
    public void Each_header_has_one_meaning(int size, byte version, RecordKind kind, FrameStatus status, int length)
    {
        var bytes = new byte[2048];
        (bytes[0], bytes[1], bytes[2], bytes[3]) = ((byte)size, (byte)(size >> 8), version, (byte)kind);

        Assert.Equal(status, RecordFraming.Inspect(bytes, out var taken));
        Assert.Equal(length, taken);
        Assert.Equal(FrameStatus.Partial, RecordFraming.Inspect(bytes.AsSpan(0, length - 1), out taken));
        Assert.Equal(0, taken);
    }

    // Cheaper than Assert: this runs a million times.
    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }
}
