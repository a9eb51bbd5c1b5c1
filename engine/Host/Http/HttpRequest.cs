using System.Text;

namespace NetMon.Host.Http;

/// <summary>The first line of a request; headers and body are ignored (RFC 9112, section 3).</summary>
/// <param name="Method">As sent.</param>
/// <param name="Path">Without the query.</param>
internal readonly record struct HttpRequest(string Method, string Path)
{
    /// <summary>Whether the bytes contain the complete head, which ends with an empty line.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes) => bytes.IndexOf("\r\n\r\n"u8) >= 0 || bytes.IndexOf("\n\n"u8) >= 0;

    /// <summary>Whether the bytes can be the start of a request; if not, there is no need to wait for the rest.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> bytes) => bytes.IsEmpty || bytes[0] is >= (byte)'A' and <= (byte)'Z';

    /// <summary>Parses the first line; null if it is not an HTTP/1 request line.</summary>
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
