using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>
/// Names out of whole answers. Of a list only one container at a time is made into objects, and none that is larger than
/// <see cref="FoundContainers.LargestElement"/>. What is not the API's JSON throws <see cref="JsonException"/>.
/// </summary>
internal static class DockerAnswers
{
    /// <summary>GET /version: "docker 20.10.24"; empty where it has no version.</summary>
    public static string Version(in ReadOnlySequence<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var answer = Parsed(ref reader, DockerJson.Default.Version);
        var isPodman = answer?.Components?.FirstOrDefault()?.Name?.Contains("Podman", StringComparison.OrdinalIgnoreCase) == true;
        return string.IsNullOrEmpty(answer?.Number) ? "" : UnixSocketHttp.OneLine($"{(isPodman ? "podman" : "docker")} {answer.Number}");
    }

    /// <summary>GET /containers/json.</summary>
    public static void AddContainers(in ReadOnlySequence<byte> body, FoundContainers found)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("it is no list");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                continue; // a list of a foreign program may hold null
            }

            var end = reader;
            end.Skip();
            if (end.BytesConsumed - reader.TokenStartIndex > FoundContainers.LargestElement || !found.Takes(Id(reader)))
            {
                found.AddUnread();
            }
            else if (Parsed(ref reader, DockerJson.Default.Container) is { } container
                && DockerNames.Of(container.Id, DockerNames.Own(container.Names), container.Image, container.Labels) is { } identity)
            {
                found.Add(identity);
            }

            reader = end;
        }

        // Nothing but blanks may follow: half a list must not pass for a whole one.
        while (reader.Read())
        {
        }
    }

    /// <summary>A line of GET /events; null unless a container was created, started or renamed.</summary>
    public static ContainerIdentity? Created(in ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        var told = Parsed(ref reader, DockerJson.Default.Event);
        return told is { Type: "container" or null, Action: "create" or "start" or "rename", Actor: { } of }
            ? DockerNames.Of(of.Id, Attribute(of, "name"), Attribute(of, "image"), of.Attributes)
            : null;
    }

    /// <summary>The id of the container that the reader is at, as it is written; empty where there is none, or one that no container has.</summary>
    private static ReadOnlySpan<byte> Id(Utf8JsonReader container)
    {
        while (container.Read() && container.TokenType == JsonTokenType.PropertyName)
        {
            if (container.ValueTextEquals("Id"u8))
            {
                container.Read();
                return container.TokenType != JsonTokenType.String ? default
                    : !container.HasValueSequence ? container.ValueSpan
                    : container.ValueSequence.Length <= PodLabels.LongestId ? container.ValueSequence.ToArray()
                    : default;
            }

            container.Skip();
        }

        return default;
    }

    private static string? Attribute(DockerMessages.Actor of, string name) => of.Attributes?.GetValueOrDefault(name);

    private static T? Parsed<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> type)
        where T : class => JsonSerializer.Deserialize(ref reader, type);
}
