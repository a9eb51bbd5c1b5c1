using System.Diagnostics;
using System.Globalization;
using NetMon.Cluster;
using NetMon.Foundation;
using NetMon.Kubernetes.Json;
using NetMon.Kubernetes.Objects;

namespace NetMon.Kubernetes.Watching;

/// <summary>
/// Lists one kind and follows its changes as long as the process runs: continues from its last version while the server still has it, else lists again. It
/// stores no objects; the reader of the lines does. Not thread-safe.
/// </summary>
internal sealed class KindWatch(WatchedKind kind, ApiServer server, FactOutput output, WatchPace pace, WatchLog log)
{
    private const int Enough = 32 * 1024;
    private const int MostPages = 100_000;
    private readonly FactWriter _lines = new();
    private readonly BackOff _pause = new(pace.FirstPause, pace.LongestPause, jitter: 0.3);
    private readonly string _word = FactProtocol.WordOf(kind.Kind);
    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _listFrom = "0"; // "0": any version that the server has cached, as for all new clients; empty: the newest
    private string? _version; // null: to be listed first

    /// <summary>The status of the watch.</summary>
    public WatchStatus Status { get; } = new();

    /// <summary>Completes with the first list.</summary>
    public Task Listed => _listed.Task;

    /// <summary>Writes the lines about the kind's state.</summary>
    public void WriteStatus(FactWriter lines) => Status.Write(kind.Kind, lines);

    /// <summary>Runs until stopped.</summary>
    /// <exception cref="IOException">The reader of the lines has closed the pipe.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            TimeSpan wait;
            var since = Stopwatch.GetTimestamp();
            try
            {
                if (_version is null)
                {
                    _version = await ListAsync(stop).ConfigureAwait(false);
                    _listed.TrySetResult();
                }

                var events = await WatchAsync(_version, stop).ConfigureAwait(false);
                if (events > 0 || Stopwatch.GetElapsedTime(since) >= pace.Healthy)
                {
                    _pause.Reset();
                    continue;
                }

                wait = _pause.Next(); // a server that ends each watch immediately
            }
            catch (ApiException e)
            {
                if (Stopwatch.GetElapsedTime(since) >= pace.Healthy)
                {
                    _pause.Reset();
                }

                wait = _pause.Next();
                wait = e.RetryAfter is { } asked && asked > wait ? asked : wait;
                Lost(e);
            }

            await Task.Delay(wait, stop).ConfigureAwait(false);
        }
    }

    private void Lost(ApiException e)
    {
        if (e.IsGone)
        {
            (_version, _listFrom) = (null, "");
            Status.CountRelist();
            Status.Is(WatchPhase.Listing); // normal after an interruption of some minutes, or a compaction of the store
            return;
        }

        Status.Failed(e.Message);
        log.Failed(_word, e.Message);
    }

    /// <summary>Lists all objects page by page; returns the version to watch from.</summary>
    private async Task<string> ListAsync(CancellationToken stop)
    {
        var (pages, next) = (0, "");
        _lines.Clear();
        _lines.Line(FactProtocol.Begin).Word(_word).Over();
        ListMetadata metadata;
        do
        {
            metadata = await ReadPageAsync(next.Length > 0 ? $"limit=500&continue={Uri.EscapeDataString(next)}" : _listFrom.Length > 0 ? $"limit=500&resourceVersion={_listFrom}" : "limit=500", stop).ConfigureAwait(false);
            next = metadata.Continue;
        }
        while (next.Length > 0 && ++pages < MostPages);

        if (metadata.Version.Length == 0 || next.Length > 0)
        {
            throw new ApiException("the list has no resource version, or is incomplete");
        }

        _lines.Line(FactProtocol.End).Word(_word).Over();
        await output.WriteAsync(_lines, stop).ConfigureAwait(false);
        return metadata.Version;
    }

    private async Task<ListMetadata> ReadPageAsync(string query, CancellationToken stop)
    {
        await using var page = await OpenAsync(query, isList: true, pace.ListSilence, stop).ConfigureAwait(false);
        Status.Is(WatchPhase.Listing);
        var metadata = default(ListMetadata);
        do
        {
            while (page.TryRead(out var found))
            {
                if (found.IsMetadata && !found.IsCut)
                {
                    metadata = WatchReader.Parse(found.Bytes, static bytes => ListMetadata.Read(bytes.Span));
                }
                else
                {
                    TakeIn(found.Bytes, found.IsCut);
                    await FlushAsync(Enough, stop).ConfigureAwait(false);
                }
            }
        }
        while (await page.FillAsync(stop).ConfigureAwait(false));

        return metadata;
    }

    /// <summary>Follows changes until the server ends the watch; returns the number of events.</summary>
    private async Task<long> WatchAsync(string version, CancellationToken stop)
    {
        var seconds = (int)(pace.WatchTime.TotalSeconds * (1 + Random.Shared.NextDouble()));
        var query = string.Create(CultureInfo.InvariantCulture, $"watch=1&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(version)}&timeoutSeconds={seconds}");
        await using var watch = await OpenAsync(query, isList: false, pace.WatchSilence, stop).ConfigureAwait(false);
        Status.Is(WatchPhase.Watching);
        log.Works(_word);
        long events = 0;
        do
        {
            while (watch.TryRead(out var found))
            {
                events++;
                Take(found);
                await FlushAsync(Enough, stop).ConfigureAwait(false);
            }

            await FlushAsync(0, stop).ConfigureAwait(false);
        }
        while (await watch.FillAsync(stop).ConfigureAwait(false));

        return events;
    }

    private void Take(JsonObject found)
    {
        var happened = WatchReader.Parse(found.Bytes, bytes => WatchEvent.Read(bytes.Span, found.IsCut));
        var json = found.Bytes.Slice(happened.From, happened.Length);
        switch (happened.Type)
        {
            case WatchEventType.Changed:
                TakeIn(json, found.IsCut);
                break;
            case WatchEventType.Deleted:
                if (!kind.TryWriteRemoval(json.Span, _lines))
                {
                    Status.CountLeftOut();
                }

                break;
            case WatchEventType.Bookmark:
                kind.ReadMeta(json.Span);
                break;
            case WatchEventType.Error:
                var status = WatchReader.Parse(json, static bytes => StatusObject.Read(bytes.Span));
                throw new ApiException($"the API server ended the watch: {status.Message} ({status.Code})") { IsGone = status.Code == 410 };
            default:
                Status.CountLeftOut();
                return;
        }

        if (!kind.Meta.Version.IsEmpty)
        {
            _version = kind.Meta.Version.ToString();
        }
    }

    /// <summary>Writes an object's lines. If the object can't be read, removes what was known of it.</summary>
    private void TakeIn(ReadOnlyMemory<byte> json, bool isCut)
    {
        if (isCut || !kind.TryWrite(json.Span, _lines))
        {
            Status.CountLeftOut();
            kind.TryWriteRemoval(json.Span, _lines);
        }
    }

    private async ValueTask FlushAsync(int enough, CancellationToken stop)
    {
        if (_lines.Length > enough)
        {
            await output.WriteAsync(_lines, stop).ConfigureAwait(false);
        }
    }

    private async Task<WatchReader> OpenAsync(string query, bool isList, TimeSpan silence, CancellationToken stop)
    {
        Status.CountRequest();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bound.CancelAfter(pace.Answer);
        try
        {
            var response = await server.GetAsync(kind, query, bound.Token).ConfigureAwait(false);
            Status.Heard(0);
            return await WatchReader.OpenAsync(response, isList, Status, silence, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new ApiException("the API server does not answer", e);
        }
    }
}
