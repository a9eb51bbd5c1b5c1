using System.Buffers;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>
/// gRPC over a Unix socket, without TLS. Failures are <see cref="RuntimeException"/> with the RpcException inside; a call
/// that was stopped throws OperationCanceledException.
/// </summary>
internal sealed class GrpcSocket : IDisposable
{
    /// <summary>
    /// The largest message that is taken, in bytes; it is in memory as a whole. A container takes about 1 KiB in a list. None
    /// may be compressed: 16 MiB of that can be 16 GiB.
    /// </summary>
    public const int LargestMessage = 16 << 20;

    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;

    public GrpcSocket(string socketPath)
    {
        _channel = GrpcChannel.ForAddress(UnixSocketHttp.Address, new GrpcChannelOptions
        {
            HttpHandler = UnixSocketHttp.Handler(socketPath),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = LargestMessage,
            CompressionProviders = [],
            ThrowOperationCanceledOnCancellation = true,
        });
        _invoker = _channel.CreateCallInvoker();
    }

    /// <summary>A method of a service, by its full name. Its answers are read where they lie, on whatever thread they come.</summary>
    public static Method<TRequest, TResponse> Method<TRequest, TResponse>(MethodType type, string service, string name, AnswerReader<TResponse> read)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class =>
        new(type, service, name, Writer<TRequest>(), Reader(read));

    /// <summary>One call, one answer.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method, TRequest request, CancellationToken stop, Metadata? headers = null)
        where TRequest : class
        where TResponse : class
    {
        try
        {
            using var call = _invoker.AsyncUnaryCall(method, null, new CallOptions(headers, cancellationToken: stop), request);
            return await call.ResponseAsync.ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            stop.ThrowIfCancellationRequested();
            throw Failure(method.Name, e);
        }
    }

    /// <summary>The messages of a stream as they come; it ends when the other side ends it without an error.</summary>
    public async IAsyncEnumerable<TResponse> StreamAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method, TRequest request, [EnumeratorCancellation] CancellationToken stop)
        where TRequest : class
        where TResponse : class
    {
        using var call = _invoker.AsyncServerStreamingCall(method, null, new CallOptions(cancellationToken: stop), request);
        while (true)
        {
            try
            {
                if (!await call.ResponseStream.MoveNext(stop).ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (RpcException e)
            {
                stop.ThrowIfCancellationRequested();
                throw Failure(method.Name, e);
            }

            yield return call.ResponseStream.Current;
        }
    }

    /// <summary>True when the other side doesn't have the method.</summary>
    public static bool IsUnimplemented(RuntimeException failure) =>
        failure.InnerException is RpcException { StatusCode: StatusCode.Unimplemented };

    /// <summary>True when the other side could not be reached.</summary>
    public static bool IsUnavailable(RuntimeException failure) =>
        failure.InnerException is RpcException { StatusCode: StatusCode.Unavailable };

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private static RuntimeException Failure(string method, RpcException e) => new(
        e.Status.DebugException switch
        {
            RuntimeException unreadable => $"{method}: {unreadable.Message}",
            { } cause when e.StatusCode == StatusCode.Unavailable => UnixSocketHttp.Reason(cause),
            _ => $"{method} failed, {e.StatusCode}: {UnixSocketHttp.OneLine(e.Status.Detail)}",
        },
        e);

    private static Marshaller<T> Writer<T>()
        where T : class, IMessage<T> =>
        new(
            static (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            static _ => throw new NotSupportedException());

    private static Marshaller<T> Reader<T>(AnswerReader<T> read)
        where T : class =>
        new(
            static (_, _) => throw new NotSupportedException(),
            context =>
            {
                var payload = context.PayloadAsReadOnlySequence();
                return read(payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray());
            });
}
