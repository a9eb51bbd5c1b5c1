using NetMon.Events;

namespace NetMon.UnitTests.Pipeline;

/// <summary>Events of processes whose workload is given.</summary>
internal static class WorkloadEvents
{
    private static int _containers;

    /// <summary>A new container of a pod of this workload, such as shop/web.</summary>
    public static ContainerIdentity Pod(string workload) =>
        new($"{Interlocked.Increment(ref _containers):x64}", "pod", workload.Split('/')[0], "app", Workload: new string(workload), WorkloadKind: WorkloadKinds.Deployment);

    public static ConnectionEvent Connect(ContainerIdentity? container, uint error = 0) => Of(container, RecordKind.Connect, Direction.Outbound, error: error);

    public static ConnectionEvent Accept(ContainerIdentity? container) => Of(container, RecordKind.Accept, Direction.Inbound);

    /// <summary>A FLOW or CLOSE.</summary>
    public static ConnectionEvent Moved(ContainerIdentity? container, ulong sent, ulong received, Direction direction = Direction.Outbound, RecordKind kind = RecordKind.Close, RecordFlags flags = RecordFlags.None, ulong before = 0) =>
        Of(container, kind, direction, flags, sent: sent, received: received, before: before);

    private static ConnectionEvent Of(
        ContainerIdentity? container, RecordKind kind, Direction direction, RecordFlags flags = RecordFlags.None, uint error = 0, ulong sent = 0, ulong received = 0, ulong before = 0) => new()
        {
            Container = container,
            Record = new ConnectionRecord
            {
                Kind = kind,
                Direction = direction,
                Flags = flags,
                Error = error,
                ConnectionId = 1,
                DeltaSent = sent,
                DeltaReceived = received,
                BytesSent = before + sent,
                BytesReceived = before + received,
            },
        };
}
