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
    /// <summary>The largest message that is taken, in bytes. A container takes about 1 KiB in a list.</summary>
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
            ThrowOperationCanceledOnCancellation = true,
        });
        _invoker = _channel.CreateCallInvoker();
    }

    /// <summary>A method of a service, by its full name. Fields that we don't know are dropped when an answer is read.</summary>
    public static Method<TRequest, TResponse> Method<TRequest, TResponse>(MethodType type, string service, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        new(type, service, name, Marshaller<TRequest>(), Marshaller<TResponse>());

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

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private static RuntimeException Failure(string method, RpcException e) => new(
        e.StatusCode == StatusCode.Unavailable && e.Status.DebugException is { } cause
            ? UnixSocketHttp.Reason(cause)
            : $"{method} failed, {e.StatusCode}: {UnixSocketHttp.OneLine(e.Status.Detail)}",
        e);

    private static Marshaller<T> Marshaller<T>()
        where T : class, IMessage<T>, new()
    {
        var parser = new MessageParser<T>(static () => new T()).WithDiscardUnknownFields(true);
        return new Marshaller<T>(
            static (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));
    }
}
