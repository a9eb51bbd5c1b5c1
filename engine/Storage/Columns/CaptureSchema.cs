using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>
/// The columns of a capture file. <c>schemas/parquet.md</c> documents them.
/// </summary>
internal static class CaptureSchema
{
    /// <summary>The value of <c>netmon.schema_version</c>; raised when a column changes its name, type or meaning.</summary>
    public const int Version = 1;

    /// <summary>Microseconds since 1970 in UTC.</summary>
    public static readonly ColumnDefinition Timestamp = new("timestamp", ColumnKind.Timestamp);
    public static readonly ColumnDefinition Node = new("node", ColumnKind.Text);
    public static readonly ColumnDefinition Type = new("type", ColumnKind.Text);
    public static readonly ColumnDefinition Protocol = new("protocol", ColumnKind.Text);
    public static readonly ColumnDefinition SourceAddress = new("src_ip", ColumnKind.Text, IsSearched: true);
    public static readonly ColumnDefinition SourcePort = new("src_port", ColumnKind.Int32);
    public static readonly ColumnDefinition DestinationAddress = new("dst_ip", ColumnKind.Text, IsSearched: true);
    public static readonly ColumnDefinition DestinationPort = new("dst_port", ColumnKind.Int32);
    public static readonly ColumnDefinition Pid = new("pid", ColumnKind.UInt32);
    public static readonly ColumnDefinition Process = new("process", ColumnKind.Text);
    public static readonly ColumnDefinition NetworkNamespace = new("netns", ColumnKind.UInt32);
    public static readonly ColumnDefinition ContainerId = new("container_id", ColumnKind.Text, IsOptional: true, IsSearched: true);
    public static readonly ColumnDefinition PodName = new("pod_name", ColumnKind.Text, IsOptional: true, IsSearched: true);
    public static readonly ColumnDefinition PodNamespace = new("pod_namespace", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition ContainerName = new("container_name", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition PodUid = new("pod_uid", ColumnKind.Text, IsOptional: true, IsSearched: true);
    public static readonly ColumnDefinition Image = new("image", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition Direction = new("direction", ColumnKind.Text);
    public static readonly ColumnDefinition Uid = new("uid", ColumnKind.UInt32);
    public static readonly ColumnDefinition CgroupId = new("cgroup_id", ColumnKind.UInt64);
    public static readonly ColumnDefinition Result = new("result", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition Error = new("errno", ColumnKind.Int32, IsOptional: true);
    public static readonly ColumnDefinition Latency = new("latency_us", ColumnKind.Int64, IsOptional: true);
    public static readonly ColumnDefinition Duration = new("duration_us", ColumnKind.Int64, IsOptional: true);
    public static readonly ColumnDefinition BytesSent = new("bytes_sent", ColumnKind.UInt64, IsOptional: true);
    public static readonly ColumnDefinition BytesReceived = new("bytes_received", ColumnKind.UInt64, IsOptional: true);
    public static readonly ColumnDefinition SmoothedRtt = new("rtt_us", ColumnKind.UInt32, IsOptional: true);
    public static readonly ColumnDefinition Retransmits = new("retransmits", ColumnKind.UInt32, IsOptional: true);
    public static readonly ColumnDefinition Reason = new("reason", ColumnKind.Text, IsOptional: true);

    /// <summary>All of them, in their order.</summary>
    public static readonly IReadOnlyList<ColumnDefinition> Columns =
    [
        Timestamp, Node, Type, Protocol, SourceAddress, SourcePort, DestinationAddress, DestinationPort, Pid, Process,
        NetworkNamespace, ContainerId, PodName, PodNamespace, ContainerName, PodUid, Image, Direction, Uid, CgroupId, Result,
        Error, Latency, Duration, BytesSent, BytesReceived, SmoothedRtt, Retransmits, Reason,
    ];
}
