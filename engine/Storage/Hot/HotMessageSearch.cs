using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Storage.Hot;

/// <summary>Searches a damaged segment for the start of the next message, and determines what the damaged message was. Not thread-safe.</summary>
/// <param name="file">The segment; borrowed.</param>
/// <param name="format">The segment's version.</param>
internal sealed class HotMessageSearch(SafeFileHandle file, HotFormat format)
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>Alignment of messages in bytes.</summary>
    private const int Alignment = 8;

    private const int Continuation = -1;

    private const uint AnyDictionary = uint.MaxValue;

    /// <summary>The maximum number of metadata bytes that may differ for a message to be recognised.</summary>
    private const int MostDamagedBytes = 16;

    /// <summary>Yields the offsets after a damaged message that look like the start of a message, in order. The caller checks for a complete one.</summary>
    /// <param name="damagedAt">The offset of the damaged message, in bytes.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    public IEnumerable<long> PlacesBehind(long damagedAt)
    {
        var chunk = new byte[ChunkBytes];
        for (var at = damagedAt + Alignment; ;)
        {
            var read = RandomAccess.Read(file, chunk, at);
            for (var offset = 0; offset + MessageTemplate.PrefixBytes <= read; offset += Alignment)
            {
                if (IsPrefix(chunk.AsSpan(offset)))
                {
                    yield return at + offset;
                }
            }

            if (read < ChunkBytes)
            {
                yield break;
            }

            at += ChunkBytes;
        }
    }

    /// <summary>Determines what the damaged message was, given the offset of the next one.</summary>
    /// <returns>Its rows, or null if unknown; and a bit mask, by number, of the dictionaries that may have been replaced.</returns>
    /// <exception cref="IOException">The file can't be read.</exception>
    public (long? Rows, uint Dictionaries) Describe(long damagedAt, long nextAt)
    {
        var metadata = new byte[format.Messages.LongestMetadata];
        if (RandomAccess.Read(file, metadata, damagedAt) < metadata.Length)
        {
            return (null, AnyDictionary);
        }

        for (var rows = 1; rows <= HotLimits.BatchRows; rows++)
        {
            if (format.Messages.Batch.Length + format.Layout.BodyLength(rows) == nextAt - damagedAt && LooksLikeBatch(metadata, rows))
            {
                return (rows, 0);
            }
        }

        for (var dictionary = 0; dictionary < format.Columns.Dictionaries.Count; dictionary++)
        {
            if (LooksLikeDictionary(metadata, dictionary, nextAt - damagedAt))
            {
                return (0, 1u << dictionary);
            }
        }

        return (null, AnyDictionary);
    }

    private bool LooksLikeBatch(byte[] metadata, int rows)
    {
        var expected = new byte[metadata.Length];
        Span<int> nulls = stackalloc int[format.Columns.Dictionaries.Count];
        for (var dictionary = 0; dictionary < nulls.Length; dictionary++)
        {
            nulls[dictionary] = (int)Math.Clamp(format.Messages.Batch.Nulls(metadata, format.Columns.ColumnOf(dictionary)), 0, rows);
        }

        format.Metadata.RenderBatch(expected, rows, nulls);
        return LooksLike(metadata, expected, format.Messages.Batch.Length);
    }

    private bool LooksLikeDictionary(byte[] metadata, int dictionary, long length)
    {
        var (columns, template) = (format.Columns.Dictionaries[dictionary], format.Messages.Dictionaries[dictionary]);
        var entries = template.Rows(metadata);
        Span<int> textBytes = stackalloc int[columns.Texts.Count];
        for (var text = 0; text < textBytes.Length; text++)
        {
            textBytes[text] = (int)Math.Clamp(template.BufferLength(metadata, 3 + 3 * text), 0, HotLimits.DictionaryBytes);
        }

        if (entries < 0 || entries > columns.MostEntries || template.Length + HotMetadata.DictionaryBodyLength((int)entries, textBytes) != length)
        {
            return false;
        }

        var expected = new byte[metadata.Length];
        HotMetadata.RenderDictionary(template, expected, (int)entries, textBytes);
        return LooksLike(metadata, expected, template.Length);
    }

    private static bool LooksLike(byte[] metadata, byte[] expected, int length)
    {
        var damaged = 0;
        for (var index = 0; index < length; index++)
        {
            damaged += metadata[index] == expected[index] ? 0 : 1;
        }

        return damaged <= MostDamagedBytes;
    }

    private bool IsPrefix(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadInt32LittleEndian(bytes) == Continuation
        && MessageTemplate.PrefixBytes + BinaryPrimitives.ReadInt32LittleEndian(bytes[sizeof(int)..]) is var length
        && (length == format.Messages.Batch.Length || format.Messages.Dictionaries.Any(dictionary => dictionary.Length == length));
}
