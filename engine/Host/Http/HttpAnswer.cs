namespace NetMon.Host.Http;

/// <summary>An HTTP response.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Type">The body's content type.</param>
/// <param name="Body">The body, which the caller must not modify.</param>
internal sealed record HttpAnswer(int Status, string Type, ReadOnlyMemory<byte> Body)
{
    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>Creates a response with a line of text.</summary>
    public static HttpAnswer Text(int status, string line) => new(status, PlainText, System.Text.Encoding.UTF8.GetBytes($"{line}\n"));

    /// <summary>Renders the status line and headers, including the empty line. Every response closes its connection.</summary>
    public byte[] Head() => System.Text.Encoding.ASCII.GetBytes(
        $"HTTP/1.1 {Status} {ReasonOf(Status)}\r\nContent-Type: {Type}\r\nContent-Length: {Body.Length}\r\n{(Status == 405 ? "Allow: GET, HEAD\r\n" : "")}Connection: close\r\n\r\n");

    private static string ReasonOf(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
}
