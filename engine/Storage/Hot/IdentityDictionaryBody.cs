using System.Buffers.Binary;
using System.Text;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>Reads the body of a dictionary. Offsets in it are not trusted.</summary>
internal static class IdentityDictionaryBody
{
    /// <summary>Returns the entries, in dictionary order; null if an offset is wrong.</summary>
    /// <param name="body">The body, with the length that the metadata declares.</param>
    /// <param name="entries">The number of entries.</param>
    /// <param name="textBytes">The size of the texts in bytes, by field.</param>
    /// <param name="columns">The texts, in the order of the segment's version.</param>
    /// <param name="empty">An entry with empty texts.</param>
    public static T[]? Read<T>(ReadOnlySpan<byte> body, int entries, ReadOnlySpan<int> textBytes, IReadOnlyList<IdentityColumn<T>> columns, T empty)
        where T : class
    {
        var read = new T[entries];
        Array.Fill(read, empty);
        for (var text = 0; text < columns.Count; text++)
        {
            var bytes = body[HotLayout.Align(4 * (entries + 1))..];
            for (var index = 0; index < entries; index++)
            {
                var from = BinaryPrimitives.ReadInt32LittleEndian(body[(4 * index)..]);
                var to = BinaryPrimitives.ReadInt32LittleEndian(body[(4 * (index + 1))..]);
                if (from < 0 || from > to || to > textBytes[text])
                {
                    return null;
                }

                if (from < to)
                {
                    read[index] = columns[text].With(read[index], Encoding.UTF8.GetString(bytes[from..to]));
                }
            }

            body = bytes[HotLayout.Align(textBytes[text])..];
        }

        return read;
    }
}
