using System.Buffers.Binary;
using NetMon.Foundation;

namespace NetMon.Storage.Hot;

/// <summary>The last eight bytes of a message with a body, by which a reader detects that the message is complete.</summary>
internal static class MessageTrailer
{
    /// <summary>Writes the trailer of a complete message.</summary>
    public static void Write(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(message[^8..], HotLayout.TrailerMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(message[^4..], Crc32C.Of(message[..^4]));
    }

    /// <summary>Whether the message is complete and unchanged.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> message) =>
        BinaryPrimitives.ReadUInt32LittleEndian(message[^8..]) == HotLayout.TrailerMagic
        && BinaryPrimitives.ReadUInt32LittleEndian(message[^4..]) == Crc32C.Of(message[..^4]);
}
