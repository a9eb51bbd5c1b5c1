using System.Globalization;
using System.Text.Json;
using NetMon.LiveTests.Support.Containers;

namespace NetMon.LiveTests.Support;

/// <summary>An event as the agent printed it.</summary>
internal sealed record SeenEvent(
    string Type, string Direction, string SourceAddress, int SourcePort, string DestinationAddress, int DestinationPort, long Pid, string Process, long Uid, long NetworkNamespace,
    string? Result, long Errno, long BytesSent, long BytesReceived, string? Reason, string Timestamp)
{
    /// <summary>The container of the process; null on the host.</summary>
    public SeenContainer? Container { get; init; }

    /// <summary>The same in every event of this end of the connection; 0 where it is missing.</summary>
    public long ConnectionId { get; init; }

    /// <summary>From connect() to its outcome; on a CLOSE that of its CONNECT; null if missing.</summary>
    public long? LatencyMicroseconds { get; init; }

    /// <summary>Duration of the connection; null if missing.</summary>
    public long? DurationMicroseconds { get; init; }

    /// <summary>Whether the connection is older than the agent, so that its duration is incomplete.</summary>
    public bool IsOlder { get; init; }

    /// <summary>Bytes since the previous FLOW; null if missing.</summary>
    public long? DeltaSent { get; init; }

    /// <summary>Bytes since the previous FLOW; null if missing.</summary>
    public long? DeltaReceived { get; init; }

    /// <summary>The address that the caller dialed, if the connection was redirected; otherwise null.</summary>
    public string? DialedAddress { get; init; }

    /// <summary>Its port; 0 if there is none.</summary>
    public long DialedPort { get; init; }

    /// <summary>The pod at the other end; null if unknown.</summary>
    public string? PeerPod { get; init; }

    /// <summary>Caller and callee in one text.</summary>
    public string Tuple => $"{SourceAddress}:{SourcePort} -> {DestinationAddress}:{DestinationPort}";

    /// <summary>Time of the event, UTC, to the tenth of a microsecond.</summary>
    public DateTime Time => DateTime.Parse(Timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    /// <summary>Reads JSON lines; a line that is not valid throws.</summary>
    public static IEnumerable<SeenEvent> Read(string path) => File.ReadLines(path).Select(Parse);

    /// <summary>The same for a file that is still being written: leaves out an incomplete last line.</summary>
    public static IReadOnlyList<SeenEvent> ReadSoFar(string path)
    {
        var text = File.ReadAllText(path);
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

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
            e.GetProperty("timestamp").GetString()!)
        {
            ConnectionId = Number(e, "connection_id"),
            LatencyMicroseconds = NumberIfAny(e, "latency_us"),
            DurationMicroseconds = NumberIfAny(e, "duration_us"),
            IsOlder = e.TryGetProperty("older", out var older) && older.GetBoolean(),
            DeltaSent = NumberIfAny(e, "delta_sent"),
            DeltaReceived = NumberIfAny(e, "delta_received"),
            DialedAddress = Text(e, "dialed_ip"),
            DialedPort = Number(e, "dialed_port"),
            PeerPod = e.TryGetProperty("peer", out var peer) ? Text(peer, "pod_name") : null,
            Container = e.TryGetProperty("container", out var container) ? ParseContainer(container) : null,
        };
    }

    private static SeenContainer ParseContainer(JsonElement c) => new(
        c.GetProperty("container_id").GetString()!, c.GetProperty("pod_name").GetString()!,
        c.GetProperty("pod_namespace").GetString()!, c.GetProperty("container_name").GetString()!)
    {
        PodUid = Text(c, "pod_uid"),
    };

    private static string? Text(JsonElement e, string key) => e.TryGetProperty(key, out var value) ? value.GetString() : null;

    private static long Number(JsonElement e, string key) => NumberIfAny(e, key) ?? 0;

    private static long? NumberIfAny(JsonElement e, string key) => e.TryGetProperty(key, out var value) ? value.GetInt64() : null;
}
