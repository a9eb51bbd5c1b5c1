using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Pipeline.Json;

/// <summary>
/// A line of flat attributes by OpenTelemetry's semantic conventions (opentelemetry.io/docs/specs/semconv, 1.30): a collector's
/// json_parser turns them into a log record's attributes. local is the owner's end, peer the other. Attributes without a convention
/// begin with netmon. See schemas/otel.schema.json.
/// </summary>
internal sealed class OtelLine(string node) : EventLine(
    RenderContainer,
    RenderWorkload,
    static container => WorkloadJson.LabelKeys(container, static key => "k8s.pod.label." + key),
    static peer => PeerJson.Keys(peer, static name => $"netmon.peer.{name}"))
{
    private static readonly ColumnKeys LineEnd = new(EventColumns.LineEnd, (column, _) => column.Name switch
    {
        "result" => null, // error.type
        "dialed_ip" => "server.address", // what the client dialed; network.peer is what it was connected to
        "dialed_port" => "server.port",
        _ => "netmon." + column.Name,
    });

    private readonly byte[] _node = Rendered(node, NameBytes);

    public override int Write(in ConnectionEvent e, Span<byte> to)
    {
        ref readonly var record = ref e.Record;
        var outbound = record.Direction == Direction.Outbound;
        ref readonly var local = ref outbound ? ref record.SourceAddress : ref record.DestinationAddress;
        ref readonly var peer = ref outbound ? ref record.DestinationAddress : ref record.SourceAddress;
        var line = new Utf8Cursor(to);
        line.Append("{\"timestamp\":\""u8);
        WriteTime(ref line, e.UnixNanoseconds);
        line.Append(EventName(record.Kind));
        line.Append(_node);
        line.Append("\",\"network.transport\":\"tcp\",\"network.type\":\""u8);
        line.Append(AddressText.IsIPv4(record.DestinationAddress) ? "ipv4"u8 : "ipv6"u8);
        line.Append("\",\"network.local.address\":\""u8);
        line.AppendAddress(local);
        line.Append("\",\"network.local.port\":"u8);
        line.Append(outbound ? record.SourcePort : record.DestinationPort);
        line.Append(",\"network.peer.address\":\""u8);
        line.AppendAddress(peer);
        line.Append("\",\"network.peer.port\":"u8);
        line.Append(outbound ? record.DestinationPort : record.SourcePort);
        line.Append(outbound ? ",\"netmon.direction\":\"outbound\",\"process.pid\":"u8 : ",\"netmon.direction\":\"inbound\",\"process.pid\":"u8);
        line.Append(record.Owner.Pid);
        line.Append(",\"process.executable.name\":\""u8);
        JsonName.Write(ref line, ProcessName.Trim(record.Owner.Comm));
        line.Append("\",\"process.real_user.id\":"u8);
        line.Append(record.Owner.Uid);
        if (e.Container is { IsContainer: true } container)
        {
            line.Append(ContainerPart(container));
        }

        line.Append(",\"netmon.netns\":"u8);
        line.Append(record.NetworkNamespace);
        line.Append(",\"netmon.cgroup_id\":"u8);
        line.Append(record.Owner.CgroupId);
        if (record.Kind == RecordKind.Connect && e.Facts.Result is not ConnectResult.Established and var result)
        {
            line.Append(",\"error.type\":\""u8);
            line.AppendAscii(Vocabulary.Text(result));
            line.Append("\""u8);
        }

        LineEnd.Write(ref line, in e);
        AppendIfItFits(ref line, PeerPart(e.Peer), end: 2);
        if (e.Container is { } owner)
        {
            AppendIfItFits(ref line, WorkloadPart(owner), end: 2);
            AppendIfItFits(ref line, LabelsPart(owner), end: 2);
        }

        line.Append("}\n"u8);
        return line.Length;
    }

    private static ReadOnlySpan<byte> EventName(RecordKind kind) => kind switch
    {
        RecordKind.Connect => "\",\"event.name\":\"netmon.connect\",\"host.name\":\""u8,
        RecordKind.Accept => "\",\"event.name\":\"netmon.accept\",\"host.name\":\""u8,
        RecordKind.Flow => "\",\"event.name\":\"netmon.flow\",\"host.name\":\""u8,
        _ => "\",\"event.name\":\"netmon.close\",\"host.name\":\""u8,
    };

    /// <summary>Adds a Kubernetes controller under its own attribute as well.</summary>
    private static byte[] RenderWorkload(ContainerIdentity container)
    {
        var own = WorkloadJson.Keys(container, ",\"netmon.workload\":\""u8, ",\"netmon.workload_kind\":\""u8);
        var attribute = container.WorkloadKind switch
        {
            WorkloadKinds.Deployment => "deployment",
            WorkloadKinds.StatefulSet => "statefulset",
            WorkloadKinds.DaemonSet => "daemonset",
            WorkloadKinds.Job => "job",
            WorkloadKinds.CronJob => "cronjob",
            _ => null,
        };
        if (attribute is null)
        {
            return own;
        }

        var line = new Utf8Cursor(stackalloc byte[MaxBytes]);
        line.Append(own);
        line.Append(",\"k8s."u8);
        line.AppendAscii(attribute);
        line.Append(".name\":\""u8);
        JsonName.WriteText(ref line, container.Workload[(container.Workload.IndexOf('/') + 1)..], NameBytes);
        line.Append("\""u8);
        return line.Written.ToArray();
    }

    private static byte[] RenderContainer(ContainerIdentity container)
    {
        var line = new Utf8Cursor(stackalloc byte[MaxBytes]);
        line.Append(",\"container.id\":\""u8);
        JsonName.Write(ref line, container.ContainerId, NameBytes);
        JsonName.WriteKnown(ref line, container.PodName.Length > 0 ? "\",\"k8s.container.name\":\""u8 : "\",\"container.name\":\""u8, container.ContainerName, NameBytes);
        JsonName.WriteKnown(ref line, "\",\"container.image.name\":\""u8, container.Image, NameBytes);
        JsonName.WriteKnown(ref line, "\",\"k8s.namespace.name\":\""u8, container.PodNamespace, NameBytes);
        JsonName.WriteKnown(ref line, "\",\"k8s.pod.name\":\""u8, container.PodName, NameBytes);
        JsonName.WriteKnown(ref line, "\",\"k8s.pod.uid\":\""u8, container.PodUid, NameBytes);
        line.Append("\""u8);
        return line.Written.ToArray();
    }
}
