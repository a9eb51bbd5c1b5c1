using System.Buffers;
using System.Numerics;

namespace NetMon.Parquet;

/// <summary>
/// The hybrid of run-length encoding and bit packing (Encodings.md of apache/parquet-format, RLE) for definition levels and dictionary indices.
/// </summary>
internal static class RunEncoding
{
    /// <summary>The number of equal numbers from which on a run is smaller than packing.</summary>
    private const int ShortestRun = 32;

    private const int Group = 8;

    /// <summary>
    /// Returns the bits for numbers up to <paramref name="most"/>, rounded up to a divisor of 8 if less than that: a compressor that counts bytes then
    /// sees whole numbers, which makes unevenly distributed indices smaller than tight packing does.
    /// </summary>
    public static int WidthOf(int most)
    {
        var bits = 32 - BitOperations.LeadingZeroCount((uint)most);
        return bits switch
        {
            <= 2 => bits,
            <= 4 => 4,
            <= 8 => 8,
            _ => bits,
        };
    }

    /// <summary>Writes numbers that fit into <paramref name="width"/> bits.</summary>
    public static void Write(ArrayBufferWriter<byte> bytes, ReadOnlySpan<uint> values, int width)
    {
        var (packedFrom, at) = (0, 0);
        while (at < values.Length)
        {
            var rest = values[at..];
            var run = rest.Length >= ShortestRun && rest[0] == rest[Group - 1] ? RunLength(rest) : 0;
            if (run < ShortestRun)
            {
                at = Math.Min(at + Group, values.Length); // packed numbers come in groups
                continue;
            }

            WritePacked(bytes, values[packedFrom..at], width);
            Varint.Write(bytes, (ulong)run << 1);
            for (var (value, bit) = (values[at], 0); bit < width; bit += 8)
            {
                bytes.GetSpan(1)[0] = (byte)(value >> bit);
                bytes.Advance(1);
            }

            at += run;
            packedFrom = at;
        }

        WritePacked(bytes, values[packedFrom..], width);
    }

    private static int RunLength(ReadOnlySpan<uint> values) => values.IndexOfAnyExcept(values[0]) is var end and >= 0 ? end : values.Length;

    /// <summary>Writes packed numbers in complete groups; the last group of a page is padded with zeros.</summary>
    private static void WritePacked(ArrayBufferWriter<byte> bytes, ReadOnlySpan<uint> values, int width)
    {
        if (values.IsEmpty)
        {
            return;
        }

        var groups = (values.Length + Group - 1) / Group;
        Varint.Write(bytes, ((ulong)groups << 1) | 1);
        var whole = values.Length / Group * Group;
        BitPacking.Pack(bytes, values[..whole], width);
        if (whole < values.Length)
        {
            Span<uint> last = stackalloc uint[Group];
            last.Clear();
            values[whole..].CopyTo(last);
            BitPacking.Pack<uint>(bytes, last, width);
        }
    }
}
