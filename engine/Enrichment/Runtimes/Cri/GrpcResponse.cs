using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using NetMon.Native;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>
/// The answers of a call, read one at a time (grpc/doc/PROTOCOL-HTTP2.md). A large message is kept in <see cref="AnonymousMemory"/> while it is read,
/// rather than in a pool, which would keep one per thread. Owns the response; disposal cancels the rest.
/// </summary>
internal sealed class GrpcResponse(HttpResponseMessage response, Stream body) : IDisposable
{
    /// <summary>The size of the prefix of each message: the compression flag and the length.</summary>
    public const int HeadBytes = 5;

    /// <summary>The maximum size of messages that share one array.</summary>
    private const int SmallMessage = 16 << 10;

    /// <summary>The size from which on a message is larger than any node's own list.</summary>
    private const int HugeMessage = 4 << 20;

    private const string StatusHeader = "grpc-status";
    private const string DetailHeader = "grpc-message";
    private byte[] _small = new byte[HeadBytes];

    /// <summary>Opens a response with its headers. Throws <see cref="GrpcException"/> and disposes the response if the headers indicate that there is no answer.</summary>
    public static async Task<GrpcResponse> OpenAsync(HttpResponseMessage response, CancellationToken stop)
    {
        try
        {
            if (response.Headers.Contains(StatusHeader))
            {
                MustBeOk(response.Headers);
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new GrpcException(StatusOf(response.StatusCode), $"HTTP status {(int)response.StatusCode}");
            }

            if (response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
            {
                throw new GrpcException(GrpcStatus.Unknown, "its answer is not gRPC");
            }

            return new GrpcResponse(response, await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the next message; false when the call has ended successfully. Throws <see cref="GrpcException"/> if it ended otherwise or the message is
    /// rejected, exceptions of the reader, and the stream's exceptions.
    /// </summary>
    /// <param name="read">Called with the message before this returns.</param>
    /// <param name="answer">Receives its result.</param>
    /// <param name="stop">Cancels the wait.</param>
    public async ValueTask<bool> TryReadAsync<T>(AnswerReader<T> read, Action<T> answer, CancellationToken stop)
    {
        if (await body.ReadAtLeastAsync(_small.AsMemory(0, HeadBytes), HeadBytes, throwOnEndOfStream: false, stop).ConfigureAwait(false) is var head && head < HeadBytes)
        {
            MustBeOk(response.TrailingHeaders.Contains(StatusHeader) ? response.TrailingHeaders : response.Headers);
            return head == 0 ? false : throw new GrpcException(GrpcStatus.Internal, "its answer ends in the middle of a message");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_small.AsSpan(1));
        if (_small[0] != 0)
        {
            throw new GrpcException(GrpcStatus.Internal, "its answer is compressed, although no compression was requested");
        }

        if (length > GrpcSocket.LargestMessage)
        {
            throw new GrpcException(GrpcStatus.ResourceExhausted, string.Create(CultureInfo.InvariantCulture, $"a message of {length} bytes exceeds the limit of {GrpcSocket.LargestMessage}"));
        }

        if (length <= SmallMessage)
        {
            if (_small.Length < length)
            {
                _small = new byte[SmallMessage];
            }

            await body.ReadExactlyAsync(_small.AsMemory(0, (int)length), stop).ConfigureAwait(false);
            answer(read(_small.AsSpan(0, (int)length)));
        }
        else
        {
            if (length > HugeMessage)
            {
                // The objects made of the previous message are garbage by now. Without a collection it grows to the size of the CPU cache, or several times that.
                GC.Collect(1, GCCollectionMode.Forced, blocking: true);
            }

            using var large = new AnonymousMemory((int)length);
            await body.ReadExactlyAsync(large.Memory, stop).ConfigureAwait(false);
            answer(read(large.GetSpan()));
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        body.Dispose();
        response.Dispose();
    }

    private static void MustBeOk(System.Net.Http.Headers.HttpResponseHeaders headers)
    {
        var status = headers.TryGetValues(StatusHeader, out var said)
            ? int.TryParse(said.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= (int)GrpcStatus.Unauthenticated ? (GrpcStatus)number : GrpcStatus.Unknown
            : throw new GrpcException(GrpcStatus.Unknown, "its answer ends without a status");
        if (status != GrpcStatus.OK)
        {
            throw new GrpcException(status, headers.TryGetValues(DetailHeader, out var detail) ? Uri.UnescapeDataString(detail.First()) : "");
        }
    }

    /// <summary>For servers that do not speak gRPC: grpc/doc/http-grpc-status-mapping.md.</summary>
    private static GrpcStatus StatusOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => GrpcStatus.Internal,
        HttpStatusCode.Unauthorized => GrpcStatus.Unauthenticated,
        HttpStatusCode.Forbidden => GrpcStatus.PermissionDenied,
        HttpStatusCode.NotFound => GrpcStatus.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => GrpcStatus.Unavailable,
        _ => GrpcStatus.Unknown,
    };
}
