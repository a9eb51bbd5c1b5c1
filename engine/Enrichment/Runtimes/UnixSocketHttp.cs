using System.Net.Sockets;

namespace NetMon.Enrichment.Runtimes;

/// <summary>HTTP over a Unix socket: every connection uses it, whatever host the address names.</summary>
internal static class UnixSocketHttp
{
    /// <summary>A dummy address, which HTTP requires.</summary>
    public static readonly Uri Address = new("http://localhost");

    /// <summary>
    /// HTTP/2 streams keep their initial window of 64 KiB, which bounds unread data: by default the handler would let it grow to 16 MiB for a runtime that
    /// sends a lot.
    /// </summary>
    static UnixSocketHttp() => AppContext.SetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", true);

    /// <summary>Creates a handler without proxy, cookies and redirections; the caller owns it.</summary>
    public static SocketsHttpHandler Handler(string socketPath) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        ConnectCallback = async (_, stop) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), stop).ConfigureAwait(false);
                return new BackpressureStream(new NetworkStream(socket, ownsSocket: true));
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>Returns the reason of a failure for the operator: the innermost exception's message as one line of limited length.</summary>
    public static string Reason(Exception failure)
    {
        var cause = failure;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return OneLine(cause is SocketException { SocketErrorCode: SocketError.AccessDenied }
            ? cause.Message + " (requires root's user id, CAP_DAC_OVERRIDE or the socket's group)"
            : cause.Message);
    }

    /// <summary>Makes untrusted text safe for a log: without control characters, at most 300 characters.</summary>
    public static string OneLine(string text)
    {
        const int Longest = 300;
        var shown = text.Length <= Longest ? text : text[..Longest] + "...";
        return string.Create(shown.Length, shown, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        }).Trim();
    }
}
