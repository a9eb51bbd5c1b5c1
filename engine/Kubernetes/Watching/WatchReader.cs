using System.Globalization;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Watching;

/// <summary>The objects of one answer, as they arrive, with a bound on the time between two pieces of it. One thread.</summary>
internal sealed class WatchReader : IAsyncDisposable
{
    /// <summary>A larger object is left out. The API server's store takes none of more than 1.5 MiB; a slice of a thousand endpoints has half of one.</summary>
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

    /// <summary>Takes over an answer.</summary>
    public static async Task<WatchReader> OpenAsync(HttpResponseMessage response, bool isList, WatchStatus status, TimeSpan silence, CancellationToken stop) =>
        new(response, await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false), isList, status, silence);

    /// <summary>The next object, if it has arrived. Its bytes are valid until the next call.</summary>
    /// <exception cref="ApiException">It is no JSON.</exception>
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

    /// <summary>Waits for more; false at the end.</summary>
    /// <exception cref="ApiException">Nothing came in time, the connection is lost, or it ends within an object.</exception>
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

    /// <summary>Runs what parses an object of the answer itself, not one of the objects in it.</summary>
    /// <exception cref="ApiException">It is malformed.</exception>
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
