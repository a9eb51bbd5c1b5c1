using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>The body of a call: one message with a five-byte prefix that contains its length.</summary>
internal sealed class GrpcRequest : HttpContent
{
    private readonly byte[] _framed;

    public GrpcRequest(IMessage message)
    {
        var length = message.CalculateSize();
        _framed = new byte[GrpcResponse.HeadBytes + length];
        BinaryPrimitives.WriteInt32BigEndian(_framed.AsSpan(1), length);
        message.WriteTo(_framed.AsSpan(GrpcResponse.HeadBytes));
        Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(_framed, 0, _framed.Length);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(_framed, cancellationToken).AsTask();

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false; // gRPC messages have a length; bodies do not
    }
}
