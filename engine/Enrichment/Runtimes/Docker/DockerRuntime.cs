using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Workloads;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>
/// dockerd, or podman's compatible service. Paths contain no version, so that each answers with its newest API: the fields used have not changed since
/// 1.24. Every client receives every event.
/// </summary>
public sealed class DockerRuntime : IContainerRuntime
{
    /// <summary>The maximum size of a list in bytes, which is completely in memory.</summary>
    public const int LargestAnswer = 16 << 20;

    /// <summary>The maximum size of an event in bytes; it contains all labels of its container.</summary>
    public const int LongestLine = FoundContainers.LargestElement;

    /// <summary>The maximum size of a version or an error message in bytes.</summary>
    private const int LargestNote = 64 << 10;

    /// <summary>The maximum number of ids in a filter; more are looked up in the complete list, because the length of a URL is limited.</summary>
    public const int FilteredIds = 64;

    private const string Followed = """{"type":["container"],"event":["create","start","rename","die"]}""";

    private readonly StartedContainers _started = new();
    private readonly HttpClient _http;
    private readonly PodSandboxes _pods;

    /// <param name="socketPath">The socket of the runtime.</param>
    /// <param name="naming">Determines workloads of pods.</param>
    public DockerRuntime(string socketPath, PodNaming naming)
    {
        _pods = new PodSandboxes(naming);
        _http = new HttpClient(UnixSocketHttp.Handler(socketPath))
        {
            BaseAddress = UnixSocketHttp.Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc/>
    public bool CanFollow => true;

    /// <inheritdoc/>
    public long LeftOut { get; private set; }

    /// <inheritdoc/>
    public async Task<string> ReadVersionAsync(CancellationToken stop)
    {
        var version = "";
        await GetAsync("/version", LargestNote, body => version = DockerAnswers.Version(in body), stop).ConfigureAwait(false);
        return version.Length > 0 ? version : throw new RuntimeException("GET /version returned no version: this is not Docker's API");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ContainerIdentity>> ListAsync(IReadOnlyCollection<string> wanted, CancellationToken stop)
    {
        var found = new FoundContainers(wanted);
        if (wanted.Count > 0)
        {
            await GetContainersAsync(wanted, found, null, stop).ConfigureAwait(false);
        }
        else
        {
            // A list does not contain start times, and a container may have had other addresses before.
            var now = Now();
            List<PodAddresses> running = [];
            await GetContainersAsync(wanted, found, container => AddAddresses(running, container, now), stop).ConfigureAwait(false);
            _started.Listed(new PodNews(running, [], found.LeftOut == 0 ? running.Select(pod => pod.SandboxId).ToHashSet() : null));
        }

        LeftOut += found.LeftOut;
        return found.Kept;
    }

    /// <inheritdoc/>
    public bool HasPodsToRead => _started.HasAny;

    /// <inheritdoc/>
    public async Task<PodNews> ReadPodsAsync(CancellationToken stop)
    {
        if (_started.TakeListed() is { IsEmpty: false } listed)
        {
            return listed;
        }

        var started = _started.Take(FilteredIds);
        List<PodAddresses> read = [];
        await GetContainersAsync(
            started.Keys,
            new FoundContainers(started.Keys),
            container =>
            {
                if (started.TryGetValue(container.Id ?? "", out var at))
                {
                    AddAddresses(read, container, at);
                }
            },
            stop).ConfigureAwait(false);
        return new PodNews(read, []);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RuntimeNews?> FollowAsync([EnumeratorCancellation] CancellationToken stop)
    {
        using var response = await SendAsync("/events?filters=" + Uri.EscapeDataString(Followed), stop).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        await using var lines = LineReader.LinesAsync(stream, LongestLine, stop).GetAsyncEnumerator(stop);
        while (true)
        {
            RuntimeNews? news;
            try
            {
                if (!await lines.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }

                news = DockerAnswers.News(lines.Current, _pods, _started);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
            {
                stop.ThrowIfCancellationRequested();
                throw Failure("/events", e);
            }

            yield return news;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static void AddAddresses(List<PodAddresses> pods, DockerMessages.Container container, long from)
    {
        if (DockerPods.Addresses(container, from) is { } addresses)
        {
            pods.Add(addresses);
        }
    }

    private static long Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private Task GetContainersAsync(IReadOnlyCollection<string> wanted, FoundContainers found, Action<DockerMessages.Container>? each, CancellationToken stop)
    {
        var path = "/containers/json?all=1";
        if (wanted.Count is > 0 and <= FilteredIds)
        {
            var filters = new Dictionary<string, IReadOnlyCollection<string>> { ["id"] = wanted };
            path += "&filters=" + Uri.EscapeDataString(JsonSerializer.Serialize(filters, DockerJson.Default.DictionaryStringIReadOnlyCollectionString));
        }

        return GetAsync(path, LargestAnswer, body => DockerAnswers.AddContainers(in body, found, _pods, each), stop);
    }

    /// <summary>Gets an answer, with at most <paramref name="largest"/> bytes in memory, and passes it to a reader.</summary>
    private async Task GetAsync(string path, int largest, Action<ReadOnlySequence<byte>> read, CancellationToken stop)
    {
        try
        {
            using var response = await SendAsync(path, stop).ConfigureAwait(false);
            var body = PipeReader.Create(await BodyAsync(response, largest, stop).ConfigureAwait(false), new StreamPipeReaderOptions(bufferSize: 256 * 1024));
            try
            {
                ReadResult result;
                while (!(result = await body.ReadAsync(stop).ConfigureAwait(false)).IsCompleted)
                {
                    body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                }

                read(result.Buffer);
            }
            finally
            {
                await body.CompleteAsync().ConfigureAwait(false);
            }
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

    /// <summary>Returns the error message in the API's format, if any.</summary>
    private static async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken stop)
    {
        try
        {
            await using var body = await BodyAsync(response, LargestNote, stop).ConfigureAwait(false);
            var error = await JsonSerializer.DeserializeAsync(body, DockerJson.Default.Error, stop).ConfigureAwait(false);
            return error?.Message is { Length: > 0 } message ? ": " + UnixSocketHttp.OneLine(message) : "";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or RuntimeException)
        {
            return "";
        }
    }

    private static async Task<BoundedStream> BodyAsync(HttpResponseMessage response, int largest, CancellationToken stop) =>
        new(await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false), largest);

    private static string Named(string path) => path.Split('?', 2)[0];

    private static RuntimeException Failure(string path, Exception e) => new(
        e is JsonException
            ? $"GET {Named(path)} returned unexpected JSON: {UnixSocketHttp.OneLine(e.Message)}"
            : UnixSocketHttp.Reason(e),
        e);
}
