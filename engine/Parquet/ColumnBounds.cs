using System.Buffers.Binary;

namespace NetMon.Parquet;

/// <summary>The minimum and maximum of a numeric column in a row group, as stored.</summary>
internal readonly record struct ColumnBounds(long Least, long Greatest)
{
    /// <summary>Returns the bounds of at least one number.</summary>
    public static ColumnBounds Of(ReadOnlySpan<long> values)
    {
        var (least, greatest) = (long.MaxValue, long.MinValue);
        foreach (var value in values)
        {
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
        }

        return new ColumnBounds(least, greatest);
    }

    /// <summary>Encodes a number in little-endian byte order.</summary>
    public static ReadOnlySpan<byte> Bytes(long value, int width, Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes[..width];
    }
}
