namespace NetMon.Storage.Rollups;

/// <summary>The indices of a roll-up's columns in <see cref="RollupSchema.Columns"/>.</summary>
internal enum RollupColumn
{
    Node,
    Direction,
    Process,
    ContainerId,
    PodName,
    PodNamespace,
    ContainerName,
    Peer,
    Port,
    Result,
    Errno,
    Attempts,
    Accepts,
    Closed,
    BytesSent,
    BytesReceived,
    Retransmits,
    Latency,
    First,
    Last,
    Workload,
    WorkloadKind,
}
