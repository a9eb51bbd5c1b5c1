using System.Buffers.Binary;
using System.Text;

namespace NetMon.Storage.Hot;

/// <summary>
/// Recognises a segment's schema message. It has two texts that differ, the node's name and the boot id; with them it is always
/// the same bytes in each version, which a test holds against a change of the library. The texts are found where the library
/// writes them, and nothing else is read: its own reader takes gigabytes where one byte is damaged.
/// </summary>
internal static class HotSchema
{
    private const int LengthBytes = sizeof(uint);

    /// <summary>The version of a segment; null if this build can't read it.</summary>
    /// <param name="message">Any bytes.</param>
    /// <param name="node">The node that it names.</param>
    /// <param name="isOtherVersion">Whether it is a segment's, but of a version that this build does not know.</param>
    public static HotFormat? Recognise(ReadOnlySpan<byte> message, out string node, out bool isOtherVersion)
    {
        (node, isOtherVersion) = ("", false);
        if (Text(message, "netmon.node"u8) is not { } name || Text(message, "netmon.boot_id"u8) is not { } bootId)
        {
            return null;
        }

        node = name;
        var version = Text(message, "netmon.hot_version"u8);
        var format = HotFormat.Of(version ?? "");
        isOtherVersion = format is null && version is not null;
        return format is not null && message.SequenceEqual(format.Messages.SchemaMessage(name, bootId)) ? format : null;
    }

    /// <summary>
    /// The value of a key in the metadata; null if there is none. FlatBuffers has both as length, text and zeros up to a
    /// multiple of four, at least one; the library writes the value right before the key. Names have no zeros in them.
    /// </summary>
    private static string? Text(ReadOnlySpan<byte> message, ReadOnlySpan<byte> key)
    {
        var at = message.LastIndexOf(key);
        while (at >= LengthBytes && Length(message, at - LengthBytes) != key.Length)
        {
            at = message[..at].LastIndexOf(key); // it is in a value
        }

        var end = at - LengthBytes;
        for (var room = LengthBytes; room <= end - LengthBytes; room += LengthBytes)
        {
            var length = Length(message, end - room - LengthBytes);
            if (length < room && length >= room - LengthBytes)
            {
                return Encoding.UTF8.GetString(message.Slice(end - room, (int)length));
            }
        }

        return null;
    }

    private static uint Length(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt32LittleEndian(message[at..]);
}
