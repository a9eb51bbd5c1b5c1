using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NetMon.Enrichment.Pods;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>
/// Reads names from answers. For lists, objects exist for one container at a time only, and for none larger than
/// <see cref="FoundContainers.LargestElement"/>. Anything but the API's JSON throws <see cref="JsonException"/>.
/// </summary>
internal static class DockerAnswers
{
    /// <summary>Parses GET /version, such as "docker 20.10.24"; empty if it contains no version.</summary>
    public static string Version(in ReadOnlySequence<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var answer = Parsed(ref reader, DockerJson.Default.Version);
        var isPodman = answer?.Components?.FirstOrDefault()?.Name?.Contains("Podman", StringComparison.OrdinalIgnoreCase) == true;
        return string.IsNullOrEmpty(answer?.Number) ? "" : UnixSocketHttp.OneLine($"{(isPodman ? "podman" : "docker")} {answer.Number}");
    }

    /// <summary>Parses GET /containers/json.</summary>
    /// <param name="body">The answer.</param>
    /// <param name="found">Receives the containers.</param>
    /// <param name="pods">The connection's sandboxes.</param>
    /// <param name="each">Called with each container that is read.</param>
    public static void AddContainers(in ReadOnlySequence<byte> body, FoundContainers found, PodSandboxes pods, Action<DockerMessages.Container>? each = null)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("it is not a list");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                continue; // another implementation's list may contain null
            }

            var end = reader;
            end.Skip();
            if (end.BytesConsumed - reader.TokenStartIndex > FoundContainers.LargestElement || !found.Takes(Id(reader)))
            {
                found.AddUnread();
            }
            else if (Parsed(ref reader, DockerJson.Default.Container) is { } container
                && DockerNames.Of(container.Id, DockerNames.Own(container.Names), container.Image, container.Labels, pods, out var sandbox) is { } identity)
            {
                found.Add(identity, sandbox);
                each?.Invoke(container);
            }

            reader = end;
        }

        // Only whitespace may follow: an incomplete list must not pass for a complete one.
        while (reader.Read())
        {
        }

        found.Join(pods.Join);
    }

    /// <summary>Parses a line of GET /events; null unless a container was created, started, renamed or ended.</summary>
    /// <param name="line">The line.</param>
    /// <param name="pods">The connection's sandboxes.</param>
    /// <param name="started">Receives a container that was started.</param>
    public static RuntimeNews? News(in ReadOnlySequence<byte> line, PodSandboxes pods, StartedContainers started)
    {
        var reader = new Utf8JsonReader(line);
        if (Parsed(ref reader, DockerJson.Default.Event) is not { Type: "container" or null, Actor: { } of } reported)
        {
            return null;
        }

        if (reported.Action == "die" && PodLabels.IdOrNone(of.Id ?? "") is { Length: > 0 } ended)
        {
            return new RuntimeNews(null, PodNews.None with { Ended = [new PodEnd(ended, reported.UnixNanoseconds)] });
        }

        if (reported.Action is not ("create" or "start" or "rename")
            || DockerNames.Of(of.Id, Attribute(of, "name"), Attribute(of, "image"), of.Attributes, pods, out var sandbox) is not { } container)
        {
            return null;
        }

        if (reported.Action == "start")
        {
            started.Add(container.ContainerId, reported.UnixNanoseconds);
        }

        return new RuntimeNews(sandbox is null ? container : pods.Join(container, sandbox), PodNews.None);
    }

    /// <summary>Returns the id of the reader's current container, as written; empty if missing or impossible.</summary>
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
