namespace NetMon.Parquet.Reading;

/// <summary>Reads the output of <see cref="RunEncoding"/>.</summary>
internal static class RunDecoding
{
    private const int Group = 8;
    private const int MostBits = 32;

    /// <summary>Reads numbers until <paramref name="values"/> is full, which must use up the bytes.</summary>
    /// <exception cref="DamagedFileException">The number of values differs, or the encoding is malformed.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, Span<uint> values, int width)
    {
        if (width is < 0 or > MostBits)
        {
            throw new DamagedFileException($"numbers of {width} bits");
        }

        var at = 0;
        while (!values.IsEmpty)
        {
            var header = Varint.Read(bytes, ref at);
            var length = header >> 1;
            if ((header & 1) == 0)
            {
                values = ReadRun(bytes, ref at, values, width, length);
                continue;
            }

            var most = (ulong)(values.Length + Group - 1) / Group;
            if (length == 0 || length > most || (long)length * width > bytes.Length - at)
            {
                throw new DamagedFileException("packed numbers go beyond their page");
            }

            var count = Math.Min((int)length * Group, values.Length);
            var packed = (int)length * width;
            BitUnpacking.Unpack(bytes.Slice(at, packed), values[..count], width);
            at += packed;
            values = values[count..];
        }

        if (at != bytes.Length)
        {
            throw new DamagedFileException($"{bytes.Length - at} bytes follow the last number");
        }
    }

    private static Span<uint> ReadRun(ReadOnlySpan<byte> bytes, scoped ref int at, Span<uint> values, int width, ulong length)
    {
        var valueBytes = (width + 7) / 8;
        if (length == 0 || length > (ulong)values.Length || valueBytes > bytes.Length - at)
        {
            throw new DamagedFileException("a run of numbers goes beyond its page");
        }

        uint value = 0;
        for (var n = valueBytes - 1; n >= 0; n--)
        {
            value = (value << 8) | bytes[at + n];
        }

        at += valueBytes;
        if ((ulong)value >> width != 0)
        {
            throw new DamagedFileException($"a number of more than {width} bits");
        }

        values[..(int)length].Fill(value);
        return values[(int)length..];
    }
}
