using System.Runtime.InteropServices;

namespace NetMon.Parquet.Reading;

/// <summary>Reads PLAIN values: what <see cref="PlainNumbers"/> writes, and flags.</summary>
internal static class PlainDecoding
{
    /// <summary>Reads as many numbers of 32 or 64 bits as there is room for; the bytes have to end with them.</summary>
    /// <exception cref="DamagedFileException">There are more or fewer of them.</exception>
    public static void Numbers(ReadOnlySpan<byte> bytes, Span<long> values, int width)
    {
        if (bytes.Length != (long)values.Length * width)
        {
            throw new DamagedFileException($"{bytes.Length} bytes of {values.Length} numbers");
        }

        if (width == sizeof(long))
        {
            MemoryMarshal.Cast<byte, long>(bytes).CopyTo(values);
            return;
        }

        var numbers = MemoryMarshal.Cast<byte, int>(bytes);
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = numbers[row];
        }
    }

    /// <summary>Reads as many flags as there is room for, a bit each, as 1 and 0; the bytes have to end with them.</summary>
    /// <exception cref="DamagedFileException">There are more or fewer of them.</exception>
    public static void Flags(ReadOnlySpan<byte> bytes, Span<long> values)
    {
        if (bytes.Length != (values.Length + 7) / 8)
        {
            throw new DamagedFileException($"{bytes.Length} bytes of {values.Length} flags");
        }

        for (var row = 0; row < values.Length; row++)
        {
            values[row] = (bytes[row / 8] >> (row % 8)) & 1;
        }
    }
}
