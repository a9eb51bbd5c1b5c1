using System.Buffers.Binary;

namespace NetMon.Parquet.Reading;

/// <summary>Reads what <see cref="BitPacking"/> writes.</summary>
internal static class BitUnpacking
{
    private const int WordBits = 64;

    /// <summary>Bits of a number up to which a word that begins at its first byte has all of it.</summary>
    private const int MostInWord = WordBits - 7;

    /// <summary>Reads as many numbers as there is room for.</summary>
    /// <param name="bytes">Has all of their bits.</param>
    /// <param name="values">Receives them.</param>
    /// <param name="width">Bits of a number, 0 to 64.</param>
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

    /// <summary>The same for numbers of at most 32 bits.</summary>
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

    /// <summary>The first eight bytes; behind the end are zeros.</summary>
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
