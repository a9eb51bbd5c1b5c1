using System.Buffers;
using System.Buffers.Binary;

namespace NetMon.Parquet;

/// <summary>Numbers side by side in so many bits each, from the lowest bit of the first byte on.</summary>
internal static class BitPacking
{
    /// <summary>Packs the numbers; the last byte is filled up with zeros.</summary>
    /// <param name="bytes">Gets them.</param>
    /// <param name="values">None has more bits than <paramref name="width"/>.</param>
    /// <param name="width">Bits of a number, 0 to 32.</param>
    public static void Pack(ArrayBufferWriter<byte> bytes, ReadOnlySpan<uint> values, int width)
    {
        var length = (int)(((long)values.Length * width + 7) / 8);
        var target = bytes.GetSpan(length + sizeof(ulong))[..(length + sizeof(ulong))];
        switch (width)
        {
            case 0:
                break;
            case 8:
                for (var n = 0; n < values.Length; n++)
                {
                    target[n] = (byte)values[n];
                }

                break;
            default:
                PackBits(target, values, width);
                break;
        }

        bytes.Advance(length);
    }

    /// <summary>The target has eight bytes more than are needed, so that a word can always be written whole.</summary>
    private static void PackBits(Span<byte> target, ReadOnlySpan<uint> values, int width)
    {
        ulong word = 0;
        var (bits, at) = (0, 0);
        foreach (var value in values)
        {
            word |= (ulong)value << bits;
            bits += width;
            if (bits >= 32)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(target[at..], (uint)word);
                at += sizeof(uint);
                word >>= 32;
                bits -= 32;
            }
        }

        BinaryPrimitives.WriteUInt64LittleEndian(target[at..], word);
    }
}
