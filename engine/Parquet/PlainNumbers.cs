using System.Buffers;
using System.Runtime.InteropServices;

namespace NetMon.Parquet;

/// <summary>PLAIN encoding of numbers: each in the width of its column, little-endian.</summary>
internal static class PlainNumbers
{
    /// <summary>Appends numbers of a column of 32 or 64 bits.</summary>
    public static void Write(ArrayBufferWriter<byte> bytes, ReadOnlySpan<long> values, int width)
    {
        if (width == sizeof(long))
        {
            bytes.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        var numbers = MemoryMarshal.Cast<byte, int>(bytes.GetSpan(values.Length * width));
        for (var row = 0; row < values.Length; row++)
        {
            numbers[row] = (int)values[row];
        }

        bytes.Advance(values.Length * width);
    }
}
