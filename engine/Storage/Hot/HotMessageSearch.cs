using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Storage.Hot;

/// <summary>Looks in a damaged segment for where the next message may begin, and for what the damaged one was. One thread.</summary>
/// <param name="file">The segment; borrowed.</param>
/// <param name="format">Its version.</param>
internal sealed class HotMessageSearch(SafeFileHandle file, HotFormat format)
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>Messages stand on eight bytes.</summary>
    private const int Alignment = 8;

    private const int Continuation = -1;

    /// <summary>Bytes of metadata that may differ from what they would be for the message to be recognised all the same.</summary>
    private const int MostDamagedBytes = 16;

    /// <summary>Places behind a damaged message that begin as messages do, in their order. Whether there is a whole one is for the caller to see.</summary>
    /// <param name="damagedAt">Where the damaged message begins, bytes.</param>
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

    /// <summary>What the damaged message was, by where the next one begins.</summary>
    /// <returns>Its rows, null where that can't be told; and whether it was certainly a batch, so that the dictionary is still the one before.</returns>
    /// <exception cref="IOException">The file can't be read.</exception>
    public (long? Rows, bool IsBatch) Describe(long damagedAt, long nextAt)
    {
        var metadata = new byte[Math.Max(format.Messages.Batch.Length, format.Messages.Dictionary.Length)];
        if (RandomAccess.Read(file, metadata, damagedAt) < metadata.Length)
        {
            return (null, false);
        }

        for (var rows = 1; rows <= HotLimits.BatchRows; rows++)
        {
            if (format.Messages.Batch.Length + format.Layout.BodyLength(rows) == nextAt - damagedAt && LooksLikeBatch(metadata, rows))
            {
                return (rows, true);
            }
        }

        return (LooksLikeDictionary(metadata, nextAt - damagedAt) ? 0 : null, false);
    }

    private bool LooksLikeBatch(byte[] metadata, int rows)
    {
        var expected = new byte[metadata.Length];
        format.Metadata.RenderBatch(expected, rows, (int)Math.Clamp(format.Messages.Batch.Nulls(metadata, format.Columns.Container), 0, rows));
        return LooksLike(metadata, expected, format.Messages.Batch.Length);
    }

    private bool LooksLikeDictionary(byte[] metadata, long length)
    {
        var template = format.Messages.Dictionary;
        var entries = template.Rows(metadata);
        Span<int> textBytes = stackalloc int[format.Columns.ContainerTexts.Count];
        for (var text = 0; text < textBytes.Length; text++)
        {
            textBytes[text] = (int)Math.Clamp(template.BufferLength(metadata, 3 + 3 * text), 0, HotLimits.DictionaryBytes);
        }

        if (entries is < 0 or > HotLimits.Containers || template.Length + format.Metadata.DictionaryBodyLength((int)entries, textBytes) != length)
        {
            return false;
        }

        var expected = new byte[metadata.Length];
        format.Metadata.RenderDictionary(expected, (int)entries, textBytes);
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
        && (length == format.Messages.Batch.Length || length == format.Messages.Dictionary.Length);
}
