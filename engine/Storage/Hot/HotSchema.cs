using Apache.Arrow.Ipc;

namespace NetMon.Storage.Hot;

/// <summary>
/// Recognises a segment's schema message. It has two texts that differ, the node's name and the boot id; with them it is always
/// the same bytes in each version, which a test holds against a change of the library.
/// </summary>
internal static class HotSchema
{
    /// <summary>The version of a segment; null if this build can't read it.</summary>
    /// <param name="message">Any bytes.</param>
    /// <param name="node">The node that it names.</param>
    /// <param name="isOtherVersion">Whether it is a segment's, but of a version that this build does not know.</param>
    public static HotFormat? Recognise(ReadOnlySpan<byte> message, out string node, out bool isOtherVersion)
    {
        (node, isOtherVersion) = ("", false);
        try
        {
            using var reader = new ArrowStreamReader(new MemoryStream(message.ToArray(), writable: false));
            var texts = reader.Schema.Metadata;
            if (texts is null || !texts.TryGetValue("netmon.node", out var name) || !texts.TryGetValue("netmon.boot_id", out var bootId))
            {
                return null;
            }

            node = name;
            var format = HotFormat.Of(texts.GetValueOrDefault("netmon.hot_version") ?? "");
            isOtherVersion = format is null && texts.ContainsKey("netmon.hot_version");
            return format is not null && message.SequenceEqual(format.Messages.SchemaMessage(name, bootId)) ? format : null;
        }
#pragma warning disable CA1031 // The library checks its bounds, but throws all kinds of exceptions for what is no schema.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}
