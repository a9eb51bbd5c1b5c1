namespace NetMon.Parquet.Reading;

/// <summary>Reads the output of <see cref="DeltaEncoding"/>.</summary>
internal static class DeltaDecoding
{
    private const int BlockValues = 128;
    private const int Miniblocks = 4;
    private const int MiniblockValues = BlockValues / Miniblocks;

    /// <summary>Reads numbers of a column of 32 or 64 bits until <paramref name="values"/> is full, which must use up the bytes.</summary>
    /// <exception cref="DamagedFileException">The number of values differs, or the encoding is malformed.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, Span<long> values, int width)
    {
        var at = 0;
        if (Varint.Read(bytes, ref at) != BlockValues || Varint.Read(bytes, ref at) != Miniblocks || Varint.Read(bytes, ref at) != (ulong)values.Length)
        {
            throw new DamagedFileException("the delta header does not match the column");
        }

        var last = Varint.ReadZigZag(bytes, ref at);
        if (width == sizeof(int) && last != (int)last)
        {
            throw new DamagedFileException("the first number does not fit into 32 bits");
        }

        if (!values.IsEmpty)
        {
            values[0] = last;
            values = values[1..];
        }

        while (!values.IsEmpty)
        {
            var count = Math.Min(values.Length, BlockValues);
            ReadBlock(bytes, ref at, values[..count], ref last, width);
            values = values[count..];
        }

        if (at != bytes.Length)
        {
            throw new DamagedFileException($"{bytes.Length - at} bytes follow the last number");
        }
    }

    private static void ReadBlock(ReadOnlySpan<byte> bytes, ref int at, Span<long> values, ref long last, int width)
    {
        Span<ulong> offsets = stackalloc ulong[MiniblockValues];
        var least = Varint.ReadZigZag(bytes, ref at);
        if (bytes.Length - at < Miniblocks)
        {
            throw new DamagedFileException("a block of deltas ends early");
        }

        var widths = bytes.Slice(at, Miniblocks);
        at += Miniblocks;
        for (var block = 0; block * MiniblockValues < values.Length; block++)
        {
            var bits = widths[block];
            var length = MiniblockValues * bits / 8;
            if (bits > 8 * width || length > bytes.Length - at)
            {
                throw new DamagedFileException("a block of deltas goes beyond its page");
            }

            BitUnpacking.Unpack(bytes.Slice(at, length), offsets, bits);
            at += length;
            var part = values.Slice(block * MiniblockValues, Math.Min(MiniblockValues, values.Length - block * MiniblockValues));
            for (var n = 0; n < part.Length; n++)
            {
                last += least + (long)offsets[n];
                last = width == sizeof(int) ? (int)last : last;
                part[n] = last;
            }
        }
    }
}
