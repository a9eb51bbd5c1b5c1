using System.Buffers.Binary;
using NetMon.Parquet.Reading;

namespace NetMon.Fuzz.Targets;

/// <summary>Contents of Parquet pages after decompression. Mutations of a whole file don't reach these decoders: Zstd's checksum refuses them.</summary>
internal static class PageTargets
{
    private const int PrefixBytes = 4;
    private const int MostValues = 2048;
    private static readonly uint[] Indices = new uint[MostValues];
    private static readonly long[] Numbers = new long[MostValues];

    /// <summary>One byte for the encoding, one for the width, two for the number of values; then the values.</summary>
    public static void Values(ReadOnlyMemory<byte> input)
    {
        if (input.Length < PrefixBytes)
        {
            return;
        }

        var bytes = input.Span;
        var (width, count) = (bytes[1], BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]) % (MostValues + 1));
        try
        {
            Read(bytes[0] % 5, width, Numbers.AsSpan(0, count), Indices.AsSpan(0, count), bytes[PrefixBytes..]);
        }
        catch (DamagedFileException)
        {
            // Refused.
        }
    }

    private static void Read(int encoding, int width, Span<long> numbers, Span<uint> indices, ReadOnlySpan<byte> page)
    {
        var numberBytes = width % 2 == 0 ? sizeof(int) : sizeof(long);
        switch (encoding)
        {
            case 0:
                RunDecoding.Read(page, indices, width);
                if (width < 32 && indices.ContainsAnyExceptInRange(0u, (1u << width) - 1))
                {
                    throw new FuzzFinding($"a number has more than {width} bits");
                }

                break;
            case 1:
                DeltaDecoding.Read(page, numbers, numberBytes);
                if (numberBytes == sizeof(int) && numbers.ContainsAnyExceptInRange(int.MinValue, int.MaxValue))
                {
                    throw new FuzzFinding("a number has more than 32 bits");
                }

                break;
            case 2:
                PlainDecoding.Numbers(page, numbers, numberBytes);
                break;
            case 3:
                PlainDecoding.Flags(page, numbers);
                break;
            default:
                if (PageHeader.Read(page).Length > page.Length)
                {
                    throw new FuzzFinding("a header is longer than its page");
                }

                break;
        }
    }
}
