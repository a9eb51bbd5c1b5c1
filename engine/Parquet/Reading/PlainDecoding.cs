using System.Runtime.InteropServices;

namespace NetMon.Parquet.Reading;

/// <summary>Reads PLAIN values: the output of <see cref="PlainNumbers"/>, and flags.</summary>
internal static class PlainDecoding
{
    /// <summary>Reads numbers of 32 or 64 bits until <paramref name="values"/> is full, which must use up the bytes.</summary>
    /// <exception cref="DamagedFileException">The number of values differs.</exception>
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

    /// <summary>Reads flags of one bit as 1 and 0 until <paramref name="values"/> is full, which must use up the bytes.</summary>
    /// <exception cref="DamagedFileException">The number of values differs.</exception>
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
