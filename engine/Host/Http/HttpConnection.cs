using System.Net.Sockets;

namespace NetMon.Host.Http;

/// <summary>
/// A client connection: reads a request, answers it and closes. A client that sends or reads too slowly is closed at a deadline. Owns the
/// socket. For the server's thread only.
/// </summary>
internal sealed class HttpConnection(Socket socket, byte[] buffer, long now) : IDisposable
{
    /// <summary>The maximum size of a request's first line and headers.</summary>
    public const int MaxHeadBytes = 8 * 1024;

    /// <summary>The maximum time from the start of the connection to the last byte of the request, in milliseconds.</summary>
    public const int RequestBound = 5_000;

    /// <summary>The maximum time to send the response, in milliseconds.</summary>
    public const int AnswerBound = 10_000;

    // After the response, further data from the client is read and discarded: closing with unread data would reset the
    // connection, and the client could lose the response.
    private const int LingerBound = 1_000;
    private const int MaxLingerBytes = 256 * 1024;

    private int _used;
    private int _thrownAway;
    private bool _isAnswered;
    private ReadOnlyMemory<byte> _head;
    private ReadOnlyMemory<byte> _body;

    /// <summary>The socket, for polling.</summary>
    public Socket Socket => socket;

    /// <summary>The buffer passed to the constructor, for reuse after the connection.</summary>
    public byte[] Buffer => buffer;

    /// <summary>When the connection is closed in any case, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long Deadline { get; private set; } = now + RequestBound;

    /// <summary>When data was last transferred, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long LastActive { get; private set; } = now;

    /// <summary>Whether it waits to send; otherwise it waits to receive.</summary>
    public bool IsSending => !_head.IsEmpty || !_body.IsEmpty;

    /// <summary>Proceeds as far as possible without blocking; false if it is finished and must be disposed.</summary>
    public bool Continue(Func<HttpRequest, HttpAnswer> answer, long now) => IsSending ? Send(now) : Receive(answer, now);

    public void Dispose() => socket.Dispose();

    private bool Receive(Func<HttpRequest, HttpAnswer> answer, long now)
    {
        while (true)
        {
            var bytes = socket.Receive(_isAnswered ? buffer : buffer.AsSpan(_used), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return true;
            }

            if (error != SocketError.Success || bytes == 0)
            {
                return false;
            }

            if (_isAnswered)
            {
                _thrownAway += bytes;
                if (_thrownAway > MaxLingerBytes)
                {
                    return false;
                }

                continue;
            }

            LastActive = now;
            _used += bytes;
            var received = buffer.AsSpan(0, _used);
            if (AnswerTo(received, answer) is { } said)
            {
                (_head, _body, _isAnswered, Deadline) = (said.Head(), received.StartsWith("HEAD "u8) ? default : said.Body, true, now + AnswerBound);
                return Send(now);
            }
        }
    }

    /// <summary>Returns the response; null if the request is incomplete.</summary>
    private static HttpAnswer? AnswerTo(ReadOnlySpan<byte> received, Func<HttpRequest, HttpAnswer> answer)
    {
        if (!HttpRequest.MayBegin(received))
        {
            return HttpAnswer.Text(400, "this is not an HTTP request");
        }

        if (!HttpRequest.IsWhole(received))
        {
            return received.Length < MaxHeadBytes ? null : HttpAnswer.Text(431, "the request line and headers are too long");
        }

        return HttpRequest.Parse(received) switch
        {
            null => HttpAnswer.Text(400, "this is not an HTTP/1.1 request"),
            { Method: "GET" or "HEAD" } request => answer(request),
            _ => HttpAnswer.Text(405, "only GET and HEAD are supported"),
        };
    }

    private bool Send(long now)
    {
        while (IsSending)
        {
            ref var part = ref _head.IsEmpty ? ref _body : ref _head;
            var bytes = socket.Send(part.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return true;
            }

            if (error != SocketError.Success)
            {
                return false;
            }

            LastActive = now;
            part = part[bytes..];
        }

        Deadline = now + LingerBound;
        return TryShutDown();
    }

    private bool TryShutDown()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (SocketException)
        {
            return false; // the client is gone
        }
    }
}
