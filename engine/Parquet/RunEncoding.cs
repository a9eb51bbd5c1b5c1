using System.Buffers;
using System.Numerics;

namespace NetMon.Parquet;

/// <summary>
/// The hybrid of runs and packed bits (Encodings.md of apache/parquet-format, RLE) that holds definition levels and the
/// indices of dictionaries.
/// </summary>
internal static class RunEncoding
{
    /// <summary>Equal numbers from which on a run is shorter than packing them.</summary>
    private const int ShortestRun = 32;

    private const int Group = 8;

    /// <summary>
    /// The bits for numbers up to <paramref name="most"/>, up to a byte rounded to what divides one: a compressor that counts bytes
    /// then sees whole numbers, which makes indices of uneven frequency smaller than packing them tight does.
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

    /// <summary>Writes the numbers, none of which has more bits than <paramref name="width"/>.</summary>
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

    /// <summary>All but the last packed numbers of a page are whole groups; the last group is filled up with zeros.</summary>
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
