using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace NetMon.Parquet;

/// <summary>Numbers side by side in a fixed number of bits each, from the lowest bit of the first byte on.</summary>
internal static class BitPacking
{
    private const int WordBits = 64;

    /// <summary>Appends the numbers; the last byte is filled up with zeros.</summary>
    /// <param name="bytes">Receives them.</param>
    /// <param name="values">Unsigned; none has more bits than <paramref name="width"/>.</param>
    /// <param name="width">Bits of a number, 0 to 64.</param>
    public static void Pack<T>(ArrayBufferWriter<byte> bytes, ReadOnlySpan<T> values, int width)
        where T : unmanaged, IBinaryInteger<T>
    {
        var length = (int)(((long)values.Length * width + 7) / 8);
        var target = bytes.GetSpan(length + sizeof(ulong))[..(length + sizeof(ulong))]; // so that a word can always be written whole
        switch (width)
        {
            case 0:
                break;
            case 8:
                for (var n = 0; n < values.Length; n++)
                {
                    target[n] = byte.CreateTruncating(values[n]);
                }

                break;
            default:
                PackBits(target, values, width);
                break;
        }

        bytes.Advance(length);
    }

    private static void PackBits<T>(Span<byte> target, ReadOnlySpan<T> values, int width)
        where T : unmanaged, IBinaryInteger<T>
    {
        ulong word = 0;
        var (bits, at) = (0, 0);
        foreach (var value in values)
        {
            var number = ulong.CreateTruncating(value);
            word |= number << bits;
            bits += width;
            if (bits >= WordBits)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(target[at..], word);
                at += sizeof(ulong);
                bits -= WordBits;
                word = bits == 0 ? 0 : number >> (width - bits); // the bits that did not fit
            }
        }

        if (bits > 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target[at..], word);
        }
    }
}
