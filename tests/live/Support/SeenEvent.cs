using System.Text.Json;

namespace NetMon.LiveTests.Support;

/// <summary>An event as the agent printed it.</summary>
internal sealed record SeenEvent(
    string Type, string Direction, string SourceAddress, int SourcePort, string DestinationAddress, int DestinationPort, long Pid, string Process, long Uid, long NetworkNamespace,
    string? Result, long Errno, long BytesSent, long BytesReceived, string? Reason, string Timestamp)
{
    /// <summary>Reads JSON lines; a line that is not valid throws.</summary>
    public static IEnumerable<SeenEvent> Read(string path) => File.ReadLines(path).Select(Parse);

    public static SeenEvent Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var e = document.RootElement;
        return new SeenEvent(
            e.GetProperty("type").GetString()!, e.GetProperty("direction").GetString()!,
            e.GetProperty("src_ip").GetString()!, e.GetProperty("src_port").GetInt32(),
            e.GetProperty("dst_ip").GetString()!, e.GetProperty("dst_port").GetInt32(),
            e.GetProperty("pid").GetInt64(), e.GetProperty("process").GetString()!,
            e.GetProperty("uid").GetInt64(), e.GetProperty("netns").GetInt64(),
            Text(e, "result"), Number(e, "errno"), Number(e, "bytes_sent"), Number(e, "bytes_received"), Text(e, "reason"),
            e.GetProperty("timestamp").GetString()!);
    }

    private static string? Text(JsonElement e, string key) => e.TryGetProperty(key, out var value) ? value.GetString() : null;

    private static long Number(JsonElement e, string key) => e.TryGetProperty(key, out var value) ? value.GetInt64() : 0;
}
