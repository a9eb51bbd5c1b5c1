namespace NetMon.Events.Columns;

/// <summary>
/// The stored fields that several columns use, or that are used outside columns. A field of a single column is declared with that
/// column, in <see cref="EventColumns"/>.
/// </summary>
public static class EventFields
{
    public static readonly EventField Time = EventField.Time("timestamp", "when it happened");
    public static readonly EventField Kind = EventField.Of("kind", FieldType.UInt8, static (in record) => ref record.Kind, "1 CONNECT, 2 ACCEPT, 3 CLOSE, 4 FLOW (`nm_kind` in [record.h](record.h))");
    public static readonly EventField Direction = EventField.Of("direction", FieldType.UInt8, static (in record) => ref record.Direction, "`nm_direction` in record.h");
    public static readonly EventField CloseReason = EventField.Of("reason", FieldType.UInt8, static (in record) => ref record.CloseReason, "CLOSE: why the connection closed (`nm_reason` in record.h)");
    public static readonly EventField Flags = EventField.Of("flags", FieldType.UInt8, static (in record) => ref record.Flags, "`nm_flags` in record.h");
    public static readonly EventField SourceAddress = EventField.Of("src_ip", FieldType.Bytes16, static (in record) => ref record.SourceAddress, "an IPv6 address, or an IPv4 address mapped to one");
    public static readonly EventField DestinationAddress = EventField.Of("dst_ip", FieldType.Bytes16, static (in record) => ref record.DestinationAddress, "an IPv6 address, or an IPv4 address mapped to one");
    public static readonly EventField SourcePort = EventField.Of("src_port", FieldType.UInt16, static (in record) => ref record.SourcePort, "");
    public static readonly EventField DestinationPort = EventField.Of("dst_port", FieldType.UInt16, static (in record) => ref record.DestinationPort, "");
    public static readonly EventField NetworkNamespace = EventField.Of("netns", FieldType.UInt32, static (in record) => ref record.NetworkNamespace, "inode of the network namespace");
    public static readonly EventField Pid = EventField.Of("pid", FieldType.UInt32, static (in record) => ref record.Owner.Pid, "");
    public static readonly EventField Uid = EventField.Of("uid", FieldType.UInt32, static (in record) => ref record.Owner.Uid, "");
    public static readonly EventField CgroupId = EventField.Of("cgroup_id", FieldType.UInt64, static (in record) => ref record.Owner.CgroupId, "inode of the cgroup's directory");
    public static readonly EventField Process = EventField.Of("process", FieldType.Bytes16, static (in record) => ref record.Owner.Comm, "the process's name, zero-filled");
    public static readonly EventField Latency = EventField.Of("latency_ns", FieldType.UInt64, static (in record) => ref record.LatencyNanoseconds, "outbound: from connect() to its outcome; inbound: from the handshake's end to accept(); 0: unknown");
    public static readonly EventField Duration = EventField.Of("duration_ns", FieldType.UInt64, static (in record) => ref record.DurationNanoseconds, "CLOSE, FLOW: since the handshake's end");
    public static readonly EventField BytesSent = EventField.Of("bytes_sent", FieldType.UInt64, static (in record) => ref record.BytesSent, "CLOSE, FLOW");
    public static readonly EventField BytesReceived = EventField.Of("bytes_received", FieldType.UInt64, static (in record) => ref record.BytesReceived, "CLOSE, FLOW");
    public static readonly EventField SmoothedRtt = EventField.Of("rtt_us", FieldType.UInt32, static (in record) => ref record.SmoothedRttMicroseconds, "CLOSE, FLOW");
    public static readonly EventField Retransmits = EventField.Of("retransmits", FieldType.UInt32, static (in record) => ref record.Retransmits, "CLOSE, FLOW");
    public static readonly EventField Error = EventField.Of("errno", FieldType.UInt32, static (in record) => ref record.Error, "CONNECT that failed: the error's number");
    public static readonly EventField ConnectionId = EventField.Of("connection_id", FieldType.UInt64, static (in record) => ref record.ConnectionId, "the socket's cookie; 0: unknown");

    /// <summary>The fields of <see cref="EventFacts"/>, from which word columns are computed.</summary>
    internal static IReadOnlyList<EventField> OfFacts { get; } = [Kind, Direction, CloseReason, Flags, Error, ConnectionId, Latency];
}
