using System.Buffers.Binary;
using System.Text;

namespace NetMon.Storage.Hot;

/// <summary>
/// Recognises a segment's schema message. Only two texts in it vary, the node's name and the boot id; apart from them each version
/// always has the same bytes, which a test verifies against changes of the library. The texts are read from their fixed places, because
/// the library's reader may allocate gigabytes if one byte is corrupt.
/// </summary>
internal static class HotSchema
{
    private const int LengthBytes = sizeof(uint);

    /// <summary>Returns the version of a segment; null if this build can't read it.</summary>
    /// <param name="message">Any bytes.</param>
    /// <param name="node">The node that it names.</param>
    /// <param name="isOtherVersion">Whether it is a segment of an unknown version.</param>
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
    /// Returns the value of a key in the metadata; null if missing. FlatBuffers stores both as length, text and at least one zero up to a
    /// multiple of four; the library writes the value right before the key. Names contain no zeros.
    /// </summary>
    private static string? Text(ReadOnlySpan<byte> message, ReadOnlySpan<byte> key)
    {
        var at = message.LastIndexOf(key);
        while (at >= LengthBytes && Length(message, at - LengthBytes) != key.Length)
        {
            at = message[..at].LastIndexOf(key); // this match is in a value
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
