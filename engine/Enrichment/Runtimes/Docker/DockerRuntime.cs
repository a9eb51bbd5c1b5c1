using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>
/// dockerd, or podman's service that speaks the same. Paths have no version, so that each answers by its newest API: what is
/// read has not changed since 1.24. Every client gets every event.
/// </summary>
public sealed class DockerRuntime : IContainerRuntime
{
    /// <summary>The longest answer that is taken, in bytes.</summary>
    public const int LargestAnswer = 16 << 20;

    /// <summary>The longest event that is taken, in bytes; it has all labels of its container.</summary>
    public const int LongestLine = 1 << 20;

    /// <summary>More wanted ids than this are found in the list of all: a URL has its bounds, too.</summary>
    public const int FilteredIds = 64;

    private const string Followed = """{"type":["container"],"event":["create","start","rename"]}""";

    private readonly HttpClient _http;

    /// <summary>A runtime behind the socket at this path.</summary>
    public DockerRuntime(string socketPath) => _http = new HttpClient(UnixSocketHttp.Handler(socketPath))
    {
        BaseAddress = UnixSocketHttp.Address,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public bool CanFollow => true;

    /// <inheritdoc/>
    public async Task<string> ReadVersionAsync(CancellationToken stop)
    {
        var answer = await GetAsync("/version", DockerJson.Default.Version, stop).ConfigureAwait(false);
        var isPodman = answer.Components?.FirstOrDefault()?.Name?.Contains("Podman", StringComparison.OrdinalIgnoreCase) == true;
        return string.IsNullOrEmpty(answer.Number)
            ? throw new RuntimeException("GET /version tells no version: this is not Docker's API")
            : UnixSocketHttp.OneLine($"{(isPodman ? "podman" : "docker")} {answer.Number}");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ContainerIdentity>> ListAsync(IReadOnlyCollection<string> wanted, CancellationToken stop)
    {
        var path = "/containers/json?all=1";
        if (wanted.Count is > 0 and <= FilteredIds)
        {
            var filters = new Dictionary<string, IReadOnlyCollection<string>> { ["id"] = wanted };
            path += "&filters=" + Uri.EscapeDataString(JsonSerializer.Serialize(filters, DockerJson.Default.DictionaryStringIReadOnlyCollectionString));
        }

        var containers = await GetAsync(path, DockerJson.Default.ListContainer, stop).ConfigureAwait(false);
        List<ContainerIdentity> found = new(containers.Count);
        foreach (var container in containers)
        {
            // A list of a foreign program may hold null.
            if (container is not null && DockerNames.Of(container.Id, DockerNames.Own(container.Names), container.Image, container.Labels) is { } identity)
            {
                found.Add(identity);
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ContainerIdentity> FollowAsync([EnumeratorCancellation] CancellationToken stop)
    {
        using var response = await SendAsync("/events?filters=" + Uri.EscapeDataString(Followed), stop).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        await using var lines = LineReader.LinesAsync(stream, LongestLine, stop).GetAsyncEnumerator(stop);
        while (true)
        {
            ContainerIdentity? told;
            try
            {
                if (!await lines.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }

                told = Named(lines.Current);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
            {
                stop.ThrowIfCancellationRequested();
                throw Failure("/events", e);
            }

            if (told is not null)
            {
                yield return told;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static ContainerIdentity? Named(System.Buffers.ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        var told = JsonSerializer.Deserialize(ref reader, DockerJson.Default.Event);
        return told is { Type: "container" or null, Action: "create" or "start" or "rename", Actor: { } of }
            ? DockerNames.Of(of.Id, Attribute(of, "name"), Attribute(of, "image"), of.Attributes)
            : null;
    }

    private static string? Attribute(DockerMessages.Actor of, string name) => of.Attributes?.GetValueOrDefault(name);

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken stop)
        where T : class
    {
        try
        {
            using var response = await SendAsync(path, stop).ConfigureAwait(false);
            await using var body = await BodyAsync(response, stop).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, type, stop).ConfigureAwait(false)
                ?? throw new RuntimeException($"GET {Named(path)} was answered with null");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            stop.ThrowIfCancellationRequested();
            throw Failure(path, e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string path, CancellationToken stop)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            stop.ThrowIfCancellationRequested();
            throw Failure(path, e);
        }

        if (response.StatusCode == HttpStatusCode.OK)
        {
            return response;
        }

        using (response)
        {
            throw new RuntimeException(
                $"GET {Named(path)} was answered with status {(int)response.StatusCode}{await MessageAsync(response, stop).ConfigureAwait(false)}");
        }
    }

    /// <summary>What it says besides a status, if it says it as the API does.</summary>
    private static async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken stop)
    {
        try
        {
            await using var body = await BodyAsync(response, stop).ConfigureAwait(false);
            var error = await JsonSerializer.DeserializeAsync(body, DockerJson.Default.Error, stop).ConfigureAwait(false);
            return error?.Message is { Length: > 0 } message ? ": " + UnixSocketHttp.OneLine(message) : "";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or RuntimeException)
        {
            return "";
        }
    }

    private static async Task<BoundedStream> BodyAsync(HttpResponseMessage response, CancellationToken stop) =>
        new(await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false), LargestAnswer);

    private static string Named(string path) => path.Split('?', 2)[0];

    private static RuntimeException Failure(string path, Exception e) => new(
        e is JsonException
            ? $"GET {Named(path)} was answered with something that is not its JSON: {UnixSocketHttp.OneLine(e.Message)}"
            : UnixSocketHttp.Reason(e),
        e);
}
