using System.Globalization;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Watching;

/// <summary>Reads the objects of an answer as they arrive, with a limit on the time without data. Not thread-safe.</summary>
internal sealed class WatchReader : IAsyncDisposable
{
    /// <summary>The maximum size of an object; larger ones are left out. The API server's store accepts up to 1.5 MiB; a slice of a thousand endpoints has half a MiB.</summary>
    public const int MostObjectBytes = 1024 * 1024;

    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;
    private readonly JsonObjects _objects;
    private readonly WatchStatus _status;
    private readonly TimeSpan _silence;

    private WatchReader(HttpResponseMessage response, Stream stream, bool isList, WatchStatus status, TimeSpan silence)
    {
        (_response, _stream, _status, _silence) = (response, stream, status, silence);
        _objects = new JsonObjects(stream, isList, MostObjectBytes);
    }

    /// <summary>Opens an answer; takes ownership of it.</summary>
    public static async Task<WatchReader> OpenAsync(HttpResponseMessage response, bool isList, WatchStatus status, TimeSpan silence, CancellationToken stop) =>
        new(response, await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false), isList, status, silence);

    /// <summary>Returns the next object, if it has arrived. Its bytes are valid until the next call.</summary>
    /// <exception cref="ApiException">The answer is not JSON.</exception>
    public bool TryRead(out JsonObject found)
    {
        try
        {
            return _objects.TryRead(out found);
        }
        catch (FormatException e)
        {
            throw new ApiException($"malformed answer: {e.Message}", e);
        }
    }

    /// <summary>Waits for more data; false at the end.</summary>
    /// <exception cref="ApiException">No data arrived in time, the connection was lost, or the answer ends within an object.</exception>
    public async Task<bool> FillAsync(CancellationToken stop)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bound.CancelAfter(_silence);
        var before = _objects.BytesRead;
        try
        {
            if (await _objects.FillAsync(bound.Token).ConfigureAwait(false))
            {
                _status.Heard(_objects.BytesRead - before);
                return true;
            }
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new ApiException(string.Create(CultureInfo.InvariantCulture, $"the API server has been silent for {_silence.TotalSeconds:0.#} s"), e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            throw new ApiException($"the connection is lost: {e.Message.TrimEnd('.')}", e);
        }

        return _objects.IsComplete ? false : throw new ApiException("the answer ends in the middle of an object");
    }

    /// <summary>Parses an object that belongs to the answer itself, not an object in it.</summary>
    /// <exception cref="ApiException">The object is malformed.</exception>
    public static T Parse<T>(ReadOnlyMemory<byte> json, Func<ReadOnlyMemory<byte>, T> read)
    {
        try
        {
            return read(json);
        }
        catch (Exception e) when (JsonWalk.IsMalformed(e))
        {
            throw new ApiException("malformed answer: its JSON is invalid", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
    }
}
