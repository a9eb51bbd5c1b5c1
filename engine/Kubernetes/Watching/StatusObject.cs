using System.Text.Json;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Watching;

/// <summary>A Status object, by which an API server says what went wrong.</summary>
/// <param name="Code">As HTTP has it; 0 where there is none.</param>
/// <param name="Message">For people.</param>
internal readonly record struct StatusObject(int Code, string Message)
{
    private const int LongestMessage = 160;

    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">It is malformed.</exception>
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
