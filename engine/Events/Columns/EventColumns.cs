namespace NetMon.Events.Columns;

/// <summary>
/// Every column of capture files, each declared once, in the order of the files. Hot segments, Parquet files, the query's table of
/// hot rows, the last keys of JSON lines and the tables in <c>schemas/</c> follow from it. New columns go to the end.
/// </summary>
public static class EventColumns
{
    /// <summary>The value of <c>netmon.hot_version</c>: raised whenever the stored fields or the texts of containers change.</summary>
    public const string HotVersion = "1";

    /// <summary>The value of <c>netmon.schema_version</c>: raised when a column changes its name, type or meaning.</summary>
    public const int SchemaVersion = 1;

    /// <summary>The last column that JSON lines do not write by this declaration: up to it their keys differ from columns in shape or order.</summary>
    private const string LastOfLineStart = "cgroup_id";

    /// <summary>The order of the container's texts in version 1 of hot segments.</summary>
    private static readonly string[] ContainerTextsOfVersion1 = ["container_id", "pod_uid", "pod_name", "pod_namespace", "container_name", "image"];

    private static readonly string[] Types = [Vocabulary.Text(RecordKind.Connect), Vocabulary.Text(RecordKind.Accept), Vocabulary.Text(RecordKind.Close)];
    private static readonly string[] Directions = [Vocabulary.Text(Direction.Outbound), Vocabulary.Text(Direction.Inbound)];
    private static readonly string[] Results = Array.ConvertAll(Enum.GetValues<ConnectResult>(), Vocabulary.Text);
    private static readonly string[] Reasons = Array.ConvertAll(Enum.GetValues<CloseReason>(), Vocabulary.Text);

    public static readonly IReadOnlyList<EventColumn> All =
    [
        new TimeColumn("timestamp", EventFields.Time, "when it happened, UTC, microseconds (the JSON line's nanoseconds, cut off)"),
        new NodeColumn("node", "the node's name"),
        new WordColumn("type", Types, facts => facts.Kind - RecordKind.Connect, ColumnRows.All, "CONNECT, ACCEPT, CLOSE"),
        new WordColumn("protocol", [Vocabulary.Protocol], _ => 0, ColumnRows.All, "TCP"),
        new AddressColumn("src_ip", EventFields.SourceAddress, "address of the side that opened the connection; IPv6 by RFC 5952, a mapped IPv4 address as IPv4") { IsSearched = true },
        new NumberColumn("src_port", ColumnType.Int32, EventFields.SourcePort, ColumnRows.All, "its port"),
        new AddressColumn("dst_ip", EventFields.DestinationAddress, "address of the side that was called") { IsSearched = true },
        new NumberColumn("dst_port", ColumnType.Int32, EventFields.DestinationPort, ColumnRows.All, "its port"),
        new NumberColumn("pid", ColumnType.UInt32, EventFields.Pid, ColumnRows.All, "process (thread group) in the node's pid namespace; 0 if the socket's owner is not known"),
        new ProcessColumn("process", EventFields.Process, "its name, 15 bytes at most; bytes that are not UTF-8 are U+FFFD"),
        new NumberColumn("netns", ColumnType.UInt32, EventFields.NetworkNamespace, ColumnRows.All, "inode of its network namespace"),
        new ContainerColumn("container_id", c => c.ContainerId, (c, text) => c with { ContainerId = text }, "the whole id (the JSON line has its first 12 characters)") { IsSearched = true },
        new ContainerColumn("pod_name", c => c.PodName, (c, text) => c with { PodName = text }, "empty if it is not known") { IsSearched = true },
        new ContainerColumn("pod_namespace", c => c.PodNamespace, (c, text) => c with { PodNamespace = text }, "empty if it is not known"),
        new ContainerColumn("container_name", c => c.ContainerName, (c, text) => c with { ContainerName = text }, "empty if it is not known"),
        new ContainerColumn("pod_uid", c => c.PodUid, (c, text) => c with { PodUid = text }, "with dashes; for a static pod a hash without; empty if it is not known") { IsSearched = true },
        new ContainerColumn("image", c => c.Image, (c, text) => c with { Image = text }, "what the container was started from, as its runtime says: a reference or a digest; empty if it is not known"),
        new WordColumn("direction", Directions, facts => facts.Direction == Direction.Inbound ? 1 : 0, ColumnRows.All, "the process's side: outbound (it opened the connection), inbound (it was called)"),
        new NumberColumn("uid", ColumnType.UInt32, EventFields.Uid, ColumnRows.All, "real user id in the node's user namespace"),
        new NumberColumn("cgroup_id", ColumnType.UInt64, EventFields.CgroupId, ColumnRows.All, "inode of its cgroup directory: of v2, or of a v1 controller's hierarchy where that tells containers apart"),
        new WordColumn("result", Results, facts => (int)facts.Result, ColumnRows.Connect, "established, refused, timed_out, reset, host_unreachable, net_unreachable, aborted, other"),
        new NumberColumn("errno", ColumnType.Int32, EventFields.Error, ColumnRows.FailedConnect, "the error's number; null if the attempt was aborted or no hook saw the number"),
        new NumberColumn("latency_us", ColumnType.Int64, EventFields.Elapsed, ColumnRows.Connect, "from the call to the outcome, microseconds") { IsStoredInNanoseconds = true },
        new NumberColumn("duration_us", ColumnType.Int64, EventFields.Elapsed, ColumnRows.Close, "how long the connection lasted, microseconds") { IsStoredInNanoseconds = true },
        new NumberColumn("bytes_sent", ColumnType.UInt64, EventFields.BytesSent, ColumnRows.Close, "payload that the process's side sent"),
        new NumberColumn("bytes_received", ColumnType.UInt64, EventFields.BytesReceived, ColumnRows.Close, "payload that it received"),
        new NumberColumn("rtt_us", ColumnType.UInt32, EventFields.SmoothedRtt, ColumnRows.Close, "smoothed round-trip time, microseconds"),
        new NumberColumn("retransmits", ColumnType.UInt32, EventFields.Retransmits, ColumnRows.Close, "segments sent again"),
        new WordColumn("reason", Reasons, facts => (int)facts.Reason, ColumnRows.Close, "fin_local, fin_remote, reset_local, reset_remote, timed_out, aborted, error"),
    ];

    /// <summary>The fields that hot segments store, in their order: version 1's, then those of later columns.</summary>
    public static IReadOnlyList<EventField> Fields { get; } = [.. EventFields.Version1, .. All.Select(column => column.Source).OfType<EventField>().Except(EventFields.Version1)];

    /// <summary>The texts of a container in the order of a hot segment's dictionary: version 1's, then those of later columns.</summary>
    public static IReadOnlyList<ContainerColumn> ContainerTexts { get; } =
        [.. All.OfType<ContainerColumn>().OrderBy(column => Array.IndexOf(ContainerTextsOfVersion1, column.Name) is var place and >= 0 ? place : int.MaxValue)];

    /// <summary>The columns that end a JSON line, one key each.</summary>
    public static IReadOnlyList<EventColumn> LineEnd { get; } = [.. All.SkipWhile(column => column.Name != LastOfLineStart).Skip(1)];
}
