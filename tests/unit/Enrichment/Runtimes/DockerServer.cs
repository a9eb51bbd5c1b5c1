using System.Text;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>The subset of HTTP that dockerd's answers need, written by hand so that tests can truncate and corrupt them.</summary>
internal static class DockerServer
{
    public const string VersionAnswer = """{"Platform":{"Name":""},"Components":[{"Name":"Engine","Version":"20.10.24"}],"Version":"20.10.24","ApiVersion":"1.41"}""";

    /// <summary>Serves requests by path, with the query unescaped.</summary>
    public static Func<Stream, CancellationToken, Task> Answering(Func<string, Stream, CancellationToken, Task> answer) => async (stream, stop) =>
    {
        while (await RequestAsync(stream, stop) is { } path)
        {
            await answer(Uri.UnescapeDataString(path), stream, stop);
        }
    };

    /// <summary>Serves the version, an event stream without events, and a complete body for each other path.</summary>
    public static Func<Stream, CancellationToken, Task> Of(Func<string, string> body) => Answering(async (path, stream, stop) =>
    {
        if (path.StartsWith("/events", StringComparison.Ordinal))
        {
            await ChunkedHeadAsync(stream, stop);
            await SocketServer.Hang(stream, stop);
            return;
        }

        await BodyAsync(stream, path == "/version" ? VersionAnswer : body(path), stop);
    });

    public static Task BodyAsync(Stream stream, string body, CancellationToken stop, string status = "200 OK") =>
        SendAsync(stream, $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}", stop);

    public static Task ChunkedHeadAsync(Stream stream, CancellationToken stop) =>
        SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", stop);

    public static Task ChunkAsync(Stream stream, string text, CancellationToken stop) =>
        SendAsync(stream, $"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n", stop);

    public static async Task SendAsync(Stream stream, string text, CancellationToken stop)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop);
        await stream.FlushAsync(stop);
    }

    private static async Task<string?> RequestAsync(Stream stream, CancellationToken stop)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n")
        {
            if (await stream.ReadAsync(one, stop) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        return head.ToString().Split(' ')[1];
    }
}
