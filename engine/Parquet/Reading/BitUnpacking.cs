using System.Buffers.Binary;

namespace NetMon.Parquet.Reading;

/// <summary>Reads the output of <see cref="BitPacking"/>.</summary>
internal static class BitUnpacking
{
    private const int WordBits = 64;

    /// <summary>The maximum width of numbers that always fit into the word that starts at their first byte.</summary>
    private const int MostInWord = WordBits - 7;

    /// <summary>Reads numbers until <paramref name="values"/> is full.</summary>
    /// <param name="bytes">Contains all of their bits.</param>
    /// <param name="values">Receives the numbers.</param>
    /// <param name="width">Bits per number, 0 to 64.</param>
    public static void Unpack(ReadOnlySpan<byte> bytes, Span<ulong> values, int width)
    {
        var mask = width == WordBits ? ulong.MaxValue : (1ul << width) - 1;
        var bit = 0L;
        for (var n = 0; n < values.Length; n++, bit += width)
        {
            var rest = bytes[(int)(bit >> 3)..];
            var shift = (int)bit & 7;
            var value = Word(rest) >> shift;
            if (width > MostInWord && shift + width > WordBits)
            {
                value |= (ulong)rest[sizeof(ulong)] << (WordBits - shift);
            }

            values[n] = value & mask;
        }
    }

    /// <summary>Reads numbers of at most 32 bits until <paramref name="values"/> is full.</summary>
    public static void Unpack(ReadOnlySpan<byte> bytes, Span<uint> values, int width)
    {
        switch (width)
        {
            case 0:
                values.Clear();
                return;
            case 8:
                for (var n = 0; n < values.Length; n++)
                {
                    values[n] = bytes[n];
                }

                return;
        }

        var mask = (1ul << width) - 1;
        var bit = 0L;
        for (var n = 0; n < values.Length; n++, bit += width)
        {
            values[n] = (uint)((Word(bytes[(int)(bit >> 3)..]) >> ((int)bit & 7)) & mask);
        }
    }

    /// <summary>Reads the first eight bytes, padded with zeros.</summary>
    private static ulong Word(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        ulong word = 0;
        for (var n = bytes.Length - 1; n >= 0; n--)
        {
            word = (word << 8) | bytes[n];
        }

        return word;
    }
}
