using System.Net;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>
/// gRPC over a Unix socket, without TLS. Failures throw <see cref="RuntimeException"/>, with an inner <see cref="GrpcException"/> if the server answered;
/// a cancelled call throws OperationCanceledException.
/// </summary>
internal sealed class GrpcSocket(string socketPath) : IDisposable
{
    /// <summary>
    /// The maximum size of a message in bytes, which is completely in memory. A container takes about 1 KiB in a list. Compressed messages are rejected:
    /// 16 MiB could expand to 16 GiB.
    /// </summary>
    public const int LargestMessage = 16 << 20;

    private readonly HttpMessageInvoker _http = new(UnixSocketHttp.Handler(socketPath));

    /// <summary>Makes a call with one answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="request">The request.</param>
    /// <param name="stop">Cancels the call.</param>
    /// <param name="header">A header in addition to those of every call.</param>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken stop, (string Name, string Value)? header = null)
        where TRequest : IMessage<TRequest>
        where TResponse : class
    {
        try
        {
            TResponse? answer = null;
            using var response = await OpenAsync(method, request, header, stop).ConfigureAwait(false);
            while (await response.TryReadAsync(method.Read, read => answer = answer is null ? read : throw new GrpcException(GrpcStatus.Internal, "it answers more than once"), stop).ConfigureAwait(false))
            {
            }

            return answer ?? throw new GrpcException(GrpcStatus.Internal, "its answer is empty");
        }
        catch (Exception e) when (IsOfCall(e))
        {
            stop.ThrowIfCancellationRequested();
            throw Failure(method.Name, e);
        }
    }

    /// <summary>Yields the messages of a stream as they arrive; ends when the server ends the stream without an error.</summary>
    public async IAsyncEnumerable<TResponse> StreamAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, [EnumeratorCancellation] CancellationToken stop)
        where TRequest : IMessage<TRequest>
        where TResponse : class
    {
        GrpcResponse? response = null;
        try
        {
            while (true)
            {
                TResponse? answer = null;
                try
                {
                    response ??= await OpenAsync(method, request, null, stop).ConfigureAwait(false);
                    if (!await response.TryReadAsync(method.Read, read => answer = read, stop).ConfigureAwait(false))
                    {
                        yield break;
                    }
                }
                catch (Exception e) when (IsOfCall(e))
                {
                    stop.ThrowIfCancellationRequested();
                    throw Failure(method.Name, e);
                }

                yield return answer!;
            }
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>Whether the server does not implement the method.</summary>
    public static bool IsUnimplemented(RuntimeException failure) =>
        failure.InnerException is GrpcException { Status: GrpcStatus.Unimplemented };

    /// <summary>Whether the requested object does not exist.</summary>
    public static bool IsNotFound(RuntimeException failure) =>
        failure.InnerException is GrpcException { Status: GrpcStatus.NotFound };

    /// <summary>Whether the server could not be reached.</summary>
    public static bool IsUnavailable(RuntimeException failure) =>
        failure.InnerException is GrpcException { Status: GrpcStatus.Unavailable } or HttpRequestException or IOException;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static bool IsOfCall(Exception e) => e is GrpcException or RuntimeException or HttpRequestException or IOException or OperationCanceledException;

    private static RuntimeException Failure(string method, Exception e) => new(
        e switch
        {
            GrpcException answered => $"{method} failed, {answered.Status}: {UnixSocketHttp.OneLine(answered.Message)}",
            RuntimeException unreadable => $"{method}: {unreadable.Message}",
            _ => UnixSocketHttp.Reason(e),
        },
        e);

    private async Task<GrpcResponse> OpenAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, (string Name, string Value)? header, CancellationToken stop)
        where TRequest : IMessage<TRequest>
    {
        using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(UnixSocketHttp.Address, $"/{method.Service}/{method.Name}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new GrpcRequest(request),
        };
        call.Headers.TE.ParseAdd("trailers");
        if (header is var (name, value))
        {
            call.Headers.Add(name, value);
        }

        return await GrpcResponse.OpenAsync(await _http.SendAsync(call, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
    }
}
