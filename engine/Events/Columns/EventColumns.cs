namespace NetMon.Events.Columns;

/// <summary>
/// Every column of capture files, each declared once, in file order. Hot segments, Parquet files, the query tool's table of hot rows, the
/// last keys of JSON lines and the tables in <c>schemas/</c> are derived from it. Add new columns at the end.
/// </summary>
public static class EventColumns
{
    /// <summary>The value of <c>netmon.hot_version</c>: incremented when the stored fields or the texts of containers or peers change.</summary>
    public const string HotVersion = "3";

    /// <summary>The value of <c>netmon.schema_version</c>: incremented when the name, type or meaning of a column changes.</summary>
    public const int SchemaVersion = 2;

    /// <summary>The last column that JSON lines do not derive from this declaration: up to it, their keys differ from columns in shape or order.</summary>
    private const string LastOfLineStart = "cgroup_id";

    private static readonly string[] Types = [Vocabulary.Text(RecordKind.Connect), Vocabulary.Text(RecordKind.Accept), Vocabulary.Text(RecordKind.Close), Vocabulary.Text(RecordKind.Flow)];
    private static readonly string[] Directions = [Vocabulary.Text(Direction.Outbound), Vocabulary.Text(Direction.Inbound)];
    private static readonly string[] Results = Array.ConvertAll(Enum.GetValues<ConnectResult>(), Vocabulary.Text);
    private static readonly string[] OwnerQualities = ["inferred", "unknown"];
    private static readonly string[] Reasons = Array.ConvertAll(Enum.GetValues<CloseReason>(), Vocabulary.Text);

    public static readonly IReadOnlyList<EventColumn> All =
    [
        new TimeColumn("timestamp", EventFields.Time, "when it happened, UTC, microseconds (the JSON line's nanoseconds, cut off)"),
        new NodeColumn("node", "the node's name"),
        new WordColumn("type", Types, facts => facts.Kind - RecordKind.Connect, ColumnRows.All, "CONNECT, ACCEPT, CLOSE, FLOW"),
        new WordColumn("protocol", [Vocabulary.Protocol], _ => 0, ColumnRows.All, "TCP"),
        new AddressColumn("src_ip", EventFields.SourceAddress, ColumnRows.All, "address of the side that opened the connection; IPv6 by RFC 5952, a mapped IPv4 address as IPv4") { IsSearched = true },
        new NumberColumn("src_port", ColumnType.Int32, EventFields.SourcePort, ColumnRows.All, "its port"),
        new AddressColumn("dst_ip", EventFields.DestinationAddress, ColumnRows.All, "address of the side that was called") { IsSearched = true },
        new NumberColumn("dst_port", ColumnType.Int32, EventFields.DestinationPort, ColumnRows.All, "its port"),
        new NumberColumn("pid", ColumnType.Int32, EventFields.Pid, ColumnRows.All, "process (thread group) in the node's pid namespace; 0 if the socket's owner is not known"),
        new ProcessColumn("process", EventFields.Process, "its name, 15 bytes at most; bytes that are not UTF-8 are U+FFFD"),
        new NumberColumn("netns", ColumnType.Int64, EventFields.NetworkNamespace, ColumnRows.All, "inode of its network namespace"),
        new ContainerColumn("container_id", c => c.ContainerId, (c, text) => c with { ContainerId = text }, "the whole id (the JSON line has its first 12 characters)") { IsSearched = true },
        new ContainerColumn("pod_name", c => c.PodName, (c, text) => c with { PodName = text }, "empty if it is not known") { IsSearched = true },
        new ContainerColumn("pod_namespace", c => c.PodNamespace, (c, text) => c with { PodNamespace = text }, "empty if it is not known"),
        new ContainerColumn("container_name", c => c.ContainerName, (c, text) => c with { ContainerName = text }, "empty if it is not known"),
        new ContainerColumn("pod_uid", c => c.PodUid, (c, text) => c with { PodUid = text }, "with dashes; for a static pod a hash without; empty if it is not known") { IsSearched = true },
        new ContainerColumn("image", c => c.Image, (c, text) => c with { Image = text }, "what the container was started from, as its runtime says: a reference or a digest; empty if it is not known"),
        new WordColumn("direction", Directions, facts => facts.Direction == Direction.Inbound ? 1 : 0, ColumnRows.All, "the process's side: outbound (it opened the connection), inbound (it was called)"),
        new NumberColumn("uid", ColumnType.Int64, EventFields.Uid, ColumnRows.All, "real user id in the node's user namespace"),
        new NumberColumn("cgroup_id", ColumnType.Int64, EventFields.CgroupId, ColumnRows.All, "inode of its cgroup directory: of v2, or of a v1 controller's hierarchy where that tells containers apart"),
        new WordColumn("result", Results, facts => (int)facts.Result, ColumnRows.Connect, "established, refused, timed_out, reset, host_unreachable, net_unreachable, aborted, other"),
        new NumberColumn("errno", ColumnType.Int32, EventFields.Error, ColumnRows.FailedConnect, "the error's number; null if the attempt was aborted or no hook saw the number"),
        new NumberColumn("latency_us", ColumnType.Int64, EventFields.Latency, ColumnRows.KnownLatency, "outbound: from the call to its outcome; inbound: from the handshake's end to accept(); microseconds") { IsStoredInNanoseconds = true },
        new NumberColumn("duration_us", ColumnType.Int64, EventFields.Duration, ColumnRows.Traffic, "how long the connection lasted, or has lasted so far, microseconds") { IsStoredInNanoseconds = true, IsPlain = true },
        new NumberColumn("bytes_sent", ColumnType.Int64, EventFields.BytesSent, ColumnRows.Traffic, "payload that the process's side sent, from the connection's beginning on") { IsPlain = true },
        new NumberColumn("bytes_received", ColumnType.Int64, EventFields.BytesReceived, ColumnRows.Traffic, "payload that it received") { IsPlain = true },
        new NumberColumn("rtt_us", ColumnType.Int64, EventFields.SmoothedRtt, ColumnRows.Traffic, "smoothed round-trip time, microseconds"),
        new NumberColumn("retransmits", ColumnType.Int64, EventFields.Retransmits, ColumnRows.Traffic, "segments sent again"),
        new WordColumn("reason", Reasons, facts => (int)facts.Reason, ColumnRows.Close, "fin_local, fin_remote, reset_local, reset_remote, timed_out, aborted, error"),
        new NumberColumn("connection_id", ColumnType.Int64, EventFields.ConnectionId, ColumnRows.Identified, "the same in every event of this end of the connection, unique on the node until it boots; null in events of version 0.1"),
        new WordColumn("owner", OwnerQualities, facts => (facts.Flags & RecordFlags.OwnerUnknown) != 0 ? 1 : 0, ColumnRows.InexactOwner, "inferred (no hook saw accept(): the process that closed the connection, or else the one that listens), unknown (the process is not known); null if exact"),
        new FlagColumn("older", ColumnRows.Older, "true if the connection was established before the agent started: `duration_us` counts from the agent's start"),
        new NumberColumn("delta_sent", ColumnType.Int64, EventField.Of("delta_sent", FieldType.UInt64, static (in record) => ref record.DeltaSent, "CLOSE, FLOW: since the connection's last FLOW"), ColumnRows.IdentifiedTraffic, "what `bytes_sent` has grown by since the connection's last FLOW, or since its beginning") { IsPlain = true },
        new NumberColumn("delta_received", ColumnType.Int64, EventField.Of("delta_received", FieldType.UInt64, static (in record) => ref record.DeltaReceived, "CLOSE, FLOW: since the connection's last FLOW"), ColumnRows.IdentifiedTraffic, "the same of `bytes_received`") { IsPlain = true },
        new AddressColumn("dialed_ip", EventField.Of("dialed_ip", FieldType.Bytes16, static (in record) => ref record.DialedAddress, "with the flag for it: as `src_ip`"), ColumnRows.Dialed, "the address that the caller passed to connect(), where it is not `dst_ip` and `dst_port` (a Service's)") { IsSearched = true },
        new NumberColumn("dialed_port", ColumnType.Int32, EventField.Of("dialed_port", FieldType.UInt16, static (in record) => ref record.DialedPort, ""), ColumnRows.Dialed, "the port that it passed"),
        new PeerColumn("peer_pod_name", p => p.PodName, (p, text) => p with { PodName = text }, "the pod at the other end, at the time of the event"),
        new PeerColumn("peer_pod_namespace", p => p.PodNamespace, (p, text) => p with { PodNamespace = text }, "its namespace, or the Service's where the pod is not known"),
        new PeerColumn("peer_workload", p => p.Workload, (p, text) => p with { Workload = text }, "the workload that it belongs to, as in `workload`"),
        new PeerColumn("peer_service", p => p.Service, (p, text) => p with { Service = text }, "the Kubernetes Service that was dialed, or that the called pod serves at that port; of a pod that calls, the one that it serves"),
        new PeerColumn("peer_node", p => p.Node, (p, text) => p with { Node = text }, "the node that it runs on, or whose address it is"),
        new PeerColumn("peer_zone", p => p.Zone, (p, text) => p with { Zone = text }, "the zone of that node"),
        new ContainerColumn("workload", c => c.Workload, (c, text) => c with { Workload = text }, "what the process is part of: `namespace/name` of the pod's controller (a CronJob rather than one of its Jobs), `project/service` of Compose, `container/name`, `node/unit` of systemd; null if it is not known") { IsNullIfEmpty = true },
        new ContainerColumn("workload_kind", c => c.WorkloadKind, (c, text) => c with { WorkloadKind = text }, "Deployment, StatefulSet, DaemonSet, CronJob, Job, Rollout, StaticPod, Pod, Compose, Service (of Swarm), SystemdUnit; null if it is not known") { IsNullIfEmpty = true },
        new ContainerColumn("pod_labels", c => c.PodLabels, (c, text) => c with { PodLabels = text }, "the labels of `--pod-labels` that the pod has, a JSON object in the order of the option; null if it has none of them") { IsNullIfEmpty = true },
    ];

    /// <summary>The fields that hot segments store, in order: those that several columns are computed from, then the others by column.</summary>
    public static IReadOnlyList<EventField> Fields { get; } = [.. EventFields.OfFacts.Concat(All.Select(column => column.Source).OfType<EventField>()).Distinct()];

    /// <summary>The texts of a container, in the order of a hot segment's dictionary.</summary>
    public static IReadOnlyList<ContainerColumn> ContainerTexts { get; } = [.. All.OfType<ContainerColumn>()];

    /// <summary>The texts of a peer, in the order of a hot segment's dictionary.</summary>
    public static IReadOnlyList<PeerColumn> PeerTexts { get; } = [.. All.OfType<PeerColumn>()];

    /// <summary>The columns at the end of a JSON line, one key each; container and peer have objects of their own.</summary>
    public static IReadOnlyList<EventColumn> LineEnd { get; } = [.. All.SkipWhile(column => column.Name != LastOfLineStart).Skip(1).Where(column => !column.Rows.IsOfIdentity)];
}
