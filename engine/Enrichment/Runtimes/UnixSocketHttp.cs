using System.Net.Sockets;

namespace NetMon.Enrichment.Runtimes;

/// <summary>HTTP over a Unix socket: every connection goes there, whatever host the address names.</summary>
internal static class UnixSocketHttp
{
    /// <summary>The address to name, since there must be one.</summary>
    public static readonly Uri Address = new("http://localhost");

    /// <summary>
    /// HTTP/2 streams keep the window that they begin with, 64 KiB, so that what waits unread has that bound: by itself the
    /// handler would let it grow to 16 MiB for a runtime that sends a lot.
    /// </summary>
    static UnixSocketHttp() => AppContext.SetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", true);

    /// <summary>A handler without proxy, cookies and redirections; the caller owns it.</summary>
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
                return new HeededStream(new NetworkStream(socket, ownsSocket: true));
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>Why it failed, for a person: the words of the innermost cause, on one line and not too many.</summary>
    public static string Reason(Exception failure)
    {
        var cause = failure;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return OneLine(cause is SocketException { SocketErrorCode: SocketError.AccessDenied }
            ? cause.Message + " (it takes root's user id, CAP_DAC_OVERRIDE or the socket's group)"
            : cause.Message);
    }

    /// <summary>Foreign text, fit for a log: no control characters, 300 characters at most.</summary>
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
