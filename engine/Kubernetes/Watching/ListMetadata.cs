using System.Text.Json;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Watching;

/// <summary>The metadata of a list.</summary>
/// <param name="Version">The version from which a watch continues; empty if missing.</param>
/// <param name="Continue">The token of the next page; empty on the last.</param>
internal readonly record struct ListMetadata(string Version, string Continue)
{
    private const int LongestContinue = 16 * 1024;

    /// <summary>Reads the metadata.</summary>
    /// <exception cref="JsonException">The JSON is malformed.</exception>
    public static ListMetadata Read(ReadOnlySpan<byte> json)
    {
        var (version, next) = ("", "");
        var reader = new Utf8JsonReader(json);
        JsonWalk.Read(ref reader);
        while (JsonWalk.NextProperty(ref reader))
        {
            var (isVersion, isContinue) = (reader.ValueTextEquals("resourceVersion"u8), reader.ValueTextEquals("continue"u8));
            JsonWalk.Read(ref reader);
            if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= LongestContinue)
            {
                (version, next) = (isVersion ? reader.GetString()! : version, isContinue ? reader.GetString()! : next);
            }

            JsonWalk.Skip(ref reader);
        }

        return new ListMetadata(version, next);
    }
}
