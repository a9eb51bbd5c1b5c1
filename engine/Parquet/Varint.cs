using System.Buffers;

namespace NetMon.Parquet;

/// <summary>Numbers of as many bytes as they need, seven bits each, the lowest first (ULEB128).</summary>
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

    /// <summary>Small negative numbers as small ones.</summary>
    public static void WriteZigZag(ArrayBufferWriter<byte> bytes, long value) => Write(bytes, (ulong)((value << 1) ^ (value >> 63)));
}
