using Apache.Arrow.Ipc;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>
/// Tells whether a segment's schema message is of this version. It has two texts that differ, the node's name and the boot
/// id; with them it is always the same bytes, which a test holds against a change of the library.
/// </summary>
internal static class HotSchema
{
    /// <summary>Whether the message is this version's.</summary>
    /// <param name="message">Any bytes.</param>
    /// <param name="node">The node that it names.</param>
    /// <param name="isOtherVersion">Whether it is a segment's, but of a version that this build does not know.</param>
    public static bool TryKnow(ReadOnlySpan<byte> message, out string node, out bool isOtherVersion)
    {
        (node, isOtherVersion) = ("", false);
        try
        {
            using var reader = new ArrowStreamReader(new MemoryStream(message.ToArray(), writable: false));
            var texts = reader.Schema.Metadata;
            if (texts is null || !texts.TryGetValue("netmon.node", out var name) || !texts.TryGetValue("netmon.boot_id", out var bootId))
            {
                return false;
            }

            node = name;
            isOtherVersion = texts.TryGetValue("netmon.hot_version", out var version) && version != EventColumns.HotVersion;
            return message.SequenceEqual(HotMessages.SchemaMessage(name, bootId));
        }
#pragma warning disable CA1031 // The library checks its bounds, but throws all kinds of exceptions for what is no schema.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
