using System.Buffers.Binary;

namespace NetMon.Parquet;

/// <summary>The least and the greatest number of a column in a row group, as stored.</summary>
internal readonly record struct ColumnBounds(long Least, long Greatest)
{
    /// <summary>Those of some numbers, one at the least.</summary>
    public static ColumnBounds Of(ReadOnlySpan<long> values, bool isUnsigned)
    {
        // The order of unsigned numbers is that of signed ones with the upper bit turned over.
        var turn = isUnsigned ? long.MinValue : 0;
        var (least, greatest) = (long.MaxValue, long.MinValue);
        foreach (var value in values)
        {
            least = Math.Min(least, value ^ turn);
            greatest = Math.Max(greatest, value ^ turn);
        }

        return new ColumnBounds(least ^ turn, greatest ^ turn);
    }

    /// <summary>A number in so many bytes, little-endian.</summary>
    public static ReadOnlySpan<byte> Bytes(long value, int width, Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes[..width];
    }
}
