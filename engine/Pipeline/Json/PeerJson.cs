using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Pipeline.Json;

/// <summary>The part of a line about the peer. Unknown values have no key.</summary>
internal static class PeerJson
{
    /// <summary>The maximum length of a text: a workload is a namespace of 63 bytes, a slash, and a name of 253.</summary>
    private const int TextBytes = 320;

    private const string ColumnPrefix = "peer_";

    /// <summary>Renders what is known as an object; empty if nothing is.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="before">The comma and the object's key with quotes and colon.</param>
    public static byte[] Object(PeerIdentity peer, ReadOnlySpan<byte> before)
    {
        var keys = Keys(peer, static name => name);
        return keys.Length == 0 ? [] : [.. before, (byte)'{', .. keys[1..], (byte)'}'];
    }

    /// <summary>Renders what is known as further keys of an object; empty if nothing is.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="keyOf">Returns the key for a column's name without its prefix.</param>
    public static byte[] Keys(PeerIdentity peer, Func<string, string> keyOf)
    {
        var line = new Utf8Cursor(new byte[EventLine.MaxBytes]);
        foreach (var column in EventColumns.PeerTexts)
        {
            if (column.TextOf(peer) is { Length: > 0 } text)
            {
                line.Append(",\""u8);
                line.AppendAscii(keyOf(column.Name[ColumnPrefix.Length..]));
                line.Append("\":\""u8);
                JsonName.WriteText(ref line, text, TextBytes);
                line.Append("\""u8);
            }
        }

        return line.Written.ToArray();
    }
}
