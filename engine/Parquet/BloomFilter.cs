using System.Buffers;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace NetMon.Parquet;

/// <summary>
/// A split-block Bloom filter (BloomFilter.md of apache/parquet-format) for texts that are not in a row group, with a false-positive rate of
/// about 1 %.
/// </summary>
internal static class BloomFilter
{
    private const int WordsOfBlock = 8;
    private const int BlockBytes = WordsOfBlock * sizeof(uint);

    /// <summary>For a false-positive rate of 1 %, from the format's table.</summary>
    private const double BitsOfText = 10.5;

    private static readonly uint[] Salt =
        [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31];

    /// <summary>Returns the size of the filter for a number of texts, in bytes: a power of two, because some readers require it.</summary>
    public static int Length(int texts) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(BlockBytes, texts * BitsOfText / 8));

    /// <summary>Appends the filter of a dictionary's texts.</summary>
    public static void Write(ArrayBufferWriter<byte> bytes, PlainTexts texts)
    {
        var length = Length(texts.Count);
        var filter = bytes.GetSpan(length)[..length];
        filter.Clear();
        var words = MemoryMarshal.Cast<byte, uint>(filter);
        foreach (var text in texts)
        {
            Add(words, XxHash64.HashToUInt64(text));
        }

        bytes.Advance(length);
    }

    private static void Add(Span<uint> words, ulong hash)
    {
        var block = (int)(((hash >> 32) * (ulong)(words.Length / WordsOfBlock)) >> 32);
        for (var word = 0; word < WordsOfBlock; word++)
        {
            words[block * WordsOfBlock + word] |= 1u << (int)((uint)hash * Salt[word] >> 27);
        }
    }
}
