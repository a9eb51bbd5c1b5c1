using System.Text;

namespace NetMon.Host.Http;

/// <summary>The first line of a request; its headers and its body are not looked at (RFC 9112, section 3).</summary>
/// <param name="Method">As it was sent.</param>
/// <param name="Path">Without the query.</param>
internal readonly record struct HttpRequest(string Method, string Path)
{
    /// <summary>Whether the bytes have the whole head: a line that is empty ends it.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes) => bytes.IndexOf("\r\n\r\n"u8) >= 0 || bytes.IndexOf("\n\n"u8) >= 0;

    /// <summary>False for bytes that cannot begin a request, so that the rest need not be waited for.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> bytes) => bytes.IsEmpty || bytes[0] is >= (byte)'A' and <= (byte)'Z';

    /// <summary>Null where the first line is no request line of HTTP/1.</summary>
    public static HttpRequest? Parse(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf((byte)'\n');
        var line = (end < 0 ? head : head[..end]).TrimEnd((byte)'\r');
        var words = Encoding.Latin1.GetString(line).Split(' ');
        if (words is not [var method, ['/', ..] target, "HTTP/1.1" or "HTTP/1.0"])
        {
            return null;
        }

        var query = target.IndexOf('?', StringComparison.Ordinal);
        return new HttpRequest(method, query < 0 ? target : target[..query]);
    }
}
