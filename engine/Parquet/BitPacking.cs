using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace NetMon.Parquet;

/// <summary>Packs numbers with a fixed number of bits each, from the lowest bit of the first byte on.</summary>
internal static class BitPacking
{
    private const int WordBits = 64;

    /// <summary>Appends the numbers, and pads the last byte with zeros.</summary>
    /// <param name="bytes">Receives the bytes.</param>
    /// <param name="values">Unsigned numbers that fit into <paramref name="width"/> bits.</param>
    /// <param name="width">Bits per number, 0 to 64.</param>
    public static void Pack<T>(ArrayBufferWriter<byte> bytes, ReadOnlySpan<T> values, int width)
        where T : unmanaged, IBinaryInteger<T>
    {
        var length = (int)(((long)values.Length * width + 7) / 8);
        var target = bytes.GetSpan(length + sizeof(ulong))[..(length + sizeof(ulong))]; // room for writing a whole word at any position
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
