using System.Buffers;
using NetMon.Parquet.Reading;

namespace NetMon.Parquet;

/// <summary>Variable-length numbers (ULEB128): seven bits per byte, lowest first.</summary>
internal static class Varint
{
    private const int MostBytes = 10;

    public static void Write(ArrayBufferWriter<byte> bytes, ulong value)
    {
        var span = bytes.GetSpan(MostBytes);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        bytes.Advance(length);
    }

    /// <summary>Writes a signed number so that small negative numbers stay small (ZigZag).</summary>
    public static void WriteZigZag(ArrayBufferWriter<byte> bytes, long value) => Write(bytes, (ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Reads a number and advances <paramref name="at"/>.</summary>
    /// <exception cref="DamagedFileException">The bytes end within it, or it has more than 64 bits.</exception>
    public static ulong Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 7 * MostBytes; shift += 7)
        {
            if (at >= bytes.Length)
            {
                throw new DamagedFileException("the bytes end in the middle of a number");
            }

            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new DamagedFileException("a number has more than 64 bits");
    }

    /// <summary>Reads the output of <see cref="WriteZigZag"/>.</summary>
    /// <exception cref="DamagedFileException">As <see cref="Read"/>.</exception>
    public static long ReadZigZag(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = Read(bytes, ref at);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
