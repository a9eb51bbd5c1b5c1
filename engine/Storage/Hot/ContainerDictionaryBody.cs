using System.Buffers.Binary;
using System.Text;
using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>Reads the body of a dictionary of containers. Trusts no offset in it.</summary>
internal static class ContainerDictionaryBody
{
    /// <summary>The containers, in the order of the dictionary; null if an offset is wrong.</summary>
    /// <param name="body">The body, with the length that the metadata says.</param>
    /// <param name="entries">How many containers there are.</param>
    /// <param name="textBytes">Bytes of the texts, by field.</param>
    /// <param name="columns">The texts, in the order of the segment's version.</param>
    public static ContainerIdentity[]? Read(ReadOnlySpan<byte> body, int entries, ReadOnlySpan<int> textBytes, IReadOnlyList<ContainerColumn> columns)
    {
        var texts = new string[columns.Count][];
        for (var text = 0; text < texts.Length; text++)
        {
            var bytes = body[HotLayout.Align(4 * (entries + 1))..];
            texts[text] = new string[entries];
            for (var index = 0; index < entries; index++)
            {
                var from = BinaryPrimitives.ReadInt32LittleEndian(body[(4 * index)..]);
                var to = BinaryPrimitives.ReadInt32LittleEndian(body[(4 * (index + 1))..]);
                if (from < 0 || from > to || to > textBytes[text])
                {
                    return null;
                }

                texts[text][index] = Encoding.UTF8.GetString(bytes[from..to]);
            }

            body = bytes[HotLayout.Align(textBytes[text])..];
        }

        var containers = new ContainerIdentity[entries];
        for (var index = 0; index < entries; index++)
        {
            var container = new ContainerIdentity("");
            for (var text = 0; text < texts.Length; text++)
            {
                container = columns[text].With(container, texts[text][index]);
            }

            containers[index] = container;
        }

        return containers;
    }
}
