using System.Buffers;
using System.Numerics;

namespace NetMon.Parquet;

/// <summary>
/// DELTA_BINARY_PACKED (Encodings.md of apache/parquet-format): deltas of adjacent numbers, minus the minimum of their block, packed with as many
/// bits as the largest in each 32 needs. Deltas wrap around at the column's width.
/// </summary>
internal static class DeltaEncoding
{
    private const int BlockValues = 128;
    private const int Miniblocks = 4;
    private const int MiniblockValues = BlockValues / Miniblocks;

    /// <summary>Writes the numbers of a column of 32 or 64 bits.</summary>
    public static void Write(ArrayBufferWriter<byte> bytes, ReadOnlySpan<long> values, int width)
    {
        Varint.Write(bytes, BlockValues);
        Varint.Write(bytes, Miniblocks);
        Varint.Write(bytes, (ulong)values.Length);
        Varint.WriteZigZag(bytes, values.IsEmpty ? 0 : Narrow(values[0], width));
        Span<long> differences = stackalloc long[BlockValues];
        for (var at = 1; at < values.Length; at += BlockValues)
        {
            var count = Math.Min(BlockValues, values.Length - at);
            var least = long.MaxValue;
            for (var n = 0; n < count; n++)
            {
                differences[n] = Narrow(values[at + n] - values[at + n - 1], width);
                least = Math.Min(least, differences[n]);
            }

            WriteBlock(bytes, differences[..count], least, width);
        }
    }

    private static void WriteBlock(ArrayBufferWriter<byte> bytes, ReadOnlySpan<long> differences, long least, int width)
    {
        Span<ulong> offsets = stackalloc ulong[BlockValues];
        offsets.Clear();
        Span<int> bits = stackalloc int[Miniblocks];
        for (var n = 0; n < differences.Length; n++)
        {
            var offset = (ulong)(differences[n] - least);
            offsets[n] = width == sizeof(int) ? (uint)offset : offset;
        }

        Varint.WriteZigZag(bytes, least);
        var widths = bytes.GetSpan(Miniblocks);
        for (var block = 0; block < Miniblocks; block++)
        {
            ulong all = 0;
            foreach (var offset in offsets.Slice(block * MiniblockValues, MiniblockValues))
            {
                all |= offset;
            }

            bits[block] = 64 - BitOperations.LeadingZeroCount(all);
            widths[block] = (byte)bits[block];
        }

        bytes.Advance(Miniblocks);
        for (var block = 0; block * MiniblockValues < differences.Length; block++)
        {
            BitPacking.Pack<ulong>(bytes, offsets.Slice(block * MiniblockValues, MiniblockValues), bits[block]);
        }
    }

    private static long Narrow(long value, int width) => width == sizeof(int) ? (int)value : value;
}
