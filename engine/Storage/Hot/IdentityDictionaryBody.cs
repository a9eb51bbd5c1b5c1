using System.Buffers.Binary;
using System.Text;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>Reads the body of a dictionary. Offsets in it are not trusted.</summary>
internal static class IdentityDictionaryBody
{
    /// <summary>Reads the entries that <paramref name="read"/> lacks; false if an offset is wrong.</summary>
    /// <param name="body">The body, with the length that the metadata declares.</param>
    /// <param name="textBytes">The size of the texts in bytes, by field.</param>
    /// <param name="columns">The texts, in the order of the segment's version.</param>
    /// <param name="read">All entries, in dictionary order; those from <paramref name="known"/> on have empty texts and are replaced.</param>
    /// <param name="known">The number of entries at the start that are complete.</param>
    public static bool TryRead<T>(ReadOnlySpan<byte> body, ReadOnlySpan<int> textBytes, IReadOnlyList<IdentityColumn<T>> columns, Span<T> read, int known)
        where T : class
    {
        for (var text = 0; text < columns.Count; text++)
        {
            var bytes = body[HotLayout.Align(4 * (read.Length + 1))..];
            for (var index = known; index < read.Length; index++)
            {
                var from = BinaryPrimitives.ReadInt32LittleEndian(body[(4 * index)..]);
                var to = BinaryPrimitives.ReadInt32LittleEndian(body[(4 * (index + 1))..]);
                if (from < 0 || from > to || to > textBytes[text])
                {
                    return false;
                }

                if (from < to)
                {
                    read[index] = columns[text].With(read[index], Encoding.UTF8.GetString(bytes[from..to]));
                }
            }

            body = bytes[HotLayout.Align(textBytes[text])..];
        }

        return true;
    }

    /// <summary>Whether a body continues a smaller one: it has the same entries first.</summary>
    public static bool Continues(
        ReadOnlySpan<byte> body, int entries, ReadOnlySpan<int> textBytes, ReadOnlySpan<byte> smaller, int smallerEntries, ReadOnlySpan<int> smallerTextBytes)
    {
        if (smallerEntries > entries || smallerTextBytes.Length != textBytes.Length)
        {
            return false;
        }

        for (var text = 0; text < textBytes.Length; text++)
        {
            var (offsets, texts) = (4 * (smallerEntries + 1), smallerTextBytes[text]);
            if (texts > textBytes[text] || !body[..offsets].SequenceEqual(smaller[..offsets]))
            {
                return false;
            }

            body = body[HotLayout.Align(4 * (entries + 1))..];
            smaller = smaller[HotLayout.Align(offsets)..];
            if (!body[..texts].SequenceEqual(smaller[..texts]))
            {
                return false;
            }

            body = body[HotLayout.Align(textBytes[text])..];
            smaller = smaller[HotLayout.Align(texts)..];
        }

        return true;
    }
}
