using System.Text.Json;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Watching;

/// <summary>A Status object, in which an API server describes an error.</summary>
/// <param name="Code">The HTTP status code; 0 if missing.</param>
/// <param name="Message">The message for the operator.</param>
internal readonly record struct StatusObject(int Code, string Message)
{
    private const int LongestMessage = 160;

    /// <summary>Reads a Status.</summary>
    /// <exception cref="JsonException">The JSON is malformed.</exception>
    public static StatusObject Read(ReadOnlySpan<byte> json)
    {
        var (code, message) = (0, "");
        var reader = new Utf8JsonReader(json);
        JsonWalk.Read(ref reader);
        if (!JsonWalk.IsObject(ref reader))
        {
            return default;
        }

        while (JsonWalk.NextProperty(ref reader))
        {
            var (isCode, isMessage) = (reader.ValueTextEquals("code"u8), reader.ValueTextEquals("message"u8));
            JsonWalk.Read(ref reader);
            code = isCode ? JsonWalk.Port(ref reader) : code;
            if (isMessage && reader.TokenType == JsonTokenType.String)
            {
                message = reader.GetString()!;
            }

            JsonWalk.Skip(ref reader);
        }

        return new StatusObject(code, message.Length > LongestMessage ? message[..LongestMessage] : message);
    }
}
