using System.Buffers.Binary;
using NetMon.Events;

namespace NetMon.UnitTests.Events;

/// <summary>A stretch of a generated record stream, from a kind and a seed: small to generate, and it shrinks well.</summary>
internal readonly record struct Piece(Piece.What Kind, uint Seed)
{
    public enum What
    {
        Record,
        Tick,
        OtherVersion,
        RandomBytes,
        Damaged,
        Truncated,
        WrongLength,
    }

    /// <summary>True if every reader must take it as it is or skip it as a whole.</summary>
    public bool IsSound => Kind is What.Record or What.Tick or What.OtherVersion;

    public byte[] Bytes()
    {
        var random = new Random((int)Seed);
        return Kind switch
        {
            What.Record => Record(random),
            What.Tick => Records.Bytes(Records.Tick((ulong)random.Next(1000))),
            What.OtherVersion => OtherVersion(random),
            What.RandomBytes => Random(random, random.Next(40)),
            What.Damaged => Damaged(random),
            What.Truncated => Record(random)[..random.Next(ConnectionRecord.ByteSize)],
            _ => WrongLength(random),
        };
    }

    /// <summary>All pieces concatenated.</summary>
    public static byte[] Join(IEnumerable<Piece> pieces) => [.. pieces.SelectMany(piece => piece.Bytes())];

    private static byte[] Record(Random random)
    {
        var bytes = Random(random, ConnectionRecord.ByteSize);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, ConnectionRecord.ByteSize);
        bytes[2] = ConnectionRecord.CurrentVersion;
        bytes[3] = (byte)(1 + random.Next(4));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), (ulong)random.Next(1000));
        return bytes;
    }

    private static byte[] OtherVersion(Random random)
    {
        var bytes = Random(random, 8 * (1 + random.Next(RecordFraming.MaxRecordBytes / 8)));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)bytes.Length);
        bytes[2] = (byte)(3 + random.Next(253));
        return bytes;
    }

    private static byte[] Damaged(Random random)
    {
        var bytes = Record(random);
        bytes[random.Next(random.Next(2) == 0 ? 4 : bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    private static byte[] WrongLength(Random random)
    {
        var bytes = Record(random);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)random.Next(random.Next(2) == 0 ? 2048 : 65536));
        return bytes;
    }

    private static byte[] Random(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
