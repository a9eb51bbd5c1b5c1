using System.Text.Json;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Watching;

/// <summary>An event of a watch: {"type": ..., "object": ...}.</summary>
/// <param name="Type">The type.</param>
/// <param name="From">The offset of the object in the event's bytes.</param>
/// <param name="Length">The length of the object; for a truncated event, up to its end.</param>
internal readonly record struct WatchEvent(WatchEventType Type, int From, int Length)
{
    /// <summary>Reads an event.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="isCut">Whether they are only its start.</param>
    /// <exception cref="JsonException">The JSON is malformed.</exception>
    public static WatchEvent Read(ReadOnlySpan<byte> json, bool isCut)
    {
        var (type, from, length) = (WatchEventType.Other, 0, 0);
        var reader = new Utf8JsonReader(json, isFinalBlock: !isCut, default);
        JsonWalk.Read(ref reader);
        while (JsonWalk.NextProperty(ref reader))
        {
            var (isType, isObject) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("object"u8));
            JsonWalk.Read(ref reader);
            if (isType)
            {
                type = TypeOf(ref reader);
            }
            else if (isObject)
            {
                from = (int)reader.TokenStartIndex;
                if (isCut)
                {
                    return new WatchEvent(type, from, json.Length - from);
                }
            }

            JsonWalk.Skip(ref reader);
            length = isObject ? (int)reader.BytesConsumed - from : length;
        }

        return new WatchEvent(type, from, length);
    }

    private static WatchEventType TypeOf(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? WatchEventType.Other
        : reader.ValueTextEquals("ADDED"u8) || reader.ValueTextEquals("MODIFIED"u8) ? WatchEventType.Changed
        : reader.ValueTextEquals("DELETED"u8) ? WatchEventType.Deleted
        : reader.ValueTextEquals("BOOKMARK"u8) ? WatchEventType.Bookmark
        : reader.ValueTextEquals("ERROR"u8) ? WatchEventType.Error
        : WatchEventType.Other;
}
