using System.Globalization;

namespace NetMon.LiveTests.Support;

/// <summary>A row of a capture that a test writes itself; unset fields are null or have a default.</summary>
internal sealed record SampleRow(string Type, string Time)
{
    public string Node { get; init; } = "n1";

    public string SourceAddress { get; init; } = "10.0.0.1";

    public int SourcePort { get; init; } = 40000;

    public string DestinationAddress { get; init; } = "10.0.0.2";

    public int DestinationPort { get; init; } = 443;

    public int Pid { get; init; } = 100;

    public string Process { get; init; } = "app";

    public long NetworkNamespace { get; init; } = 1;

    public string Direction { get; init; } = "outbound";

    /// <summary>Null: a process of the node.</summary>
    public string? PodName { get; init; }

    public string PodNamespace { get; init; } = "shop";

    public string ContainerName { get; init; } = "main";

    public string? Result { get; init; }

    public int? Errno { get; init; }

    public long? LatencyMicroseconds { get; init; }

    public long? DurationMicroseconds { get; init; }

    public long? BytesSent { get; init; }

    public long? BytesReceived { get; init; }

    public static SampleRow Connect(string time, string result = "established") => new("CONNECT", time) { Result = result, LatencyMicroseconds = 500 };

    public static SampleRow Accept(string time) => new("ACCEPT", time) { Direction = "inbound" };

    public static SampleRow Close(string time, long durationMicroseconds, long sent = 0, long received = 0) =>
        new("CLOSE", time) { DurationMicroseconds = durationMicroseconds, BytesSent = sent, BytesReceived = received };

    /// <summary>The column names, in the order of <see cref="Values"/>.</summary>
    public static string Columns =>
        "timestamp TIMESTAMP, node VARCHAR, type VARCHAR, protocol VARCHAR, src_ip VARCHAR, src_port INTEGER, dst_ip VARCHAR, dst_port INTEGER, pid UINTEGER, process VARCHAR, "
        + "netns UINTEGER, container_id VARCHAR, pod_name VARCHAR, pod_namespace VARCHAR, container_name VARCHAR, pod_uid VARCHAR, image VARCHAR, direction VARCHAR, uid UINTEGER, "
        + "cgroup_id UBIGINT, result VARCHAR, errno INTEGER, latency_us BIGINT, duration_us BIGINT, bytes_sent UBIGINT, bytes_received UBIGINT, rtt_us UINTEGER, retransmits UINTEGER, reason VARCHAR";

    /// <summary>As SQL.</summary>
    public string Values(string date) => string.Join(
        ", ",
        Text($"{date} {Time}"), Text(Node), Text(Type), "'TCP'", Text(SourceAddress), Number(SourcePort), Text(DestinationAddress), Number(DestinationPort), Number(Pid),
        Text(Process), Number(NetworkNamespace), Inside("0123456789abcdef"), Text(PodName), Inside(PodNamespace), Inside(ContainerName), Inside("uid"), Inside("image"),
        Text(Direction), "0", "1", Text(Result), Number(Errno), Number(LatencyMicroseconds), Number(DurationMicroseconds), Number(BytesSent), Number(BytesReceived),
        Type == "CLOSE" ? "50" : "NULL", Type == "CLOSE" ? "0" : "NULL", Type == "CLOSE" ? "'fin_local'" : "NULL");

    private string Inside(string text) => PodName is null ? "NULL" : Text(text);

    private static string Text(string? text) => text is null ? "NULL" : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "NULL";
}
