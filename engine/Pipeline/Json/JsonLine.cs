using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Pipeline.Json;

/// <summary>
/// A line of NetMon's own format, with keys in the order of schemas/event.schema.json. Keys, numbers and fields bounded by the kernel need
/// less than 1,300 bytes, plus four names (a pod has its uid only if it has no name); workloads and labels are added if they fit.
/// </summary>
internal sealed class JsonLine(string node) : EventLine(
    RenderContainer,
    static container => WorkloadJson.Keys(container, ",\"workload\":\""u8, ",\"workload_kind\":\""u8),
    static container => WorkloadJson.LabelObject(container, ",\"pod_labels\":"u8, static key => key),
    static peer => PeerJson.Object(peer, ",\"peer\":"u8))
{
    private static readonly ColumnKeys LineEnd = new(EventColumns.LineEnd, (column, _) => column.Name);
    private readonly byte[] _node = Rendered(node, JsonName.MaxBytes);

    public override int Write(in ConnectionEvent e, Span<byte> to)
    {
        ref readonly var record = ref e.Record;
        var line = new Utf8Cursor(to);
        line.Append("{\"timestamp\":\""u8);
        WriteTime(ref line, e.UnixNanoseconds);
        line.Append("\",\"node\":\""u8);
        line.Append(_node);
        line.Append(KindText(record.Kind));
        line.Append("\"src_ip\":\""u8);
        line.AppendAddress(record.SourceAddress);
        line.Append("\",\"src_port\":"u8);
        line.Append(record.SourcePort);
        line.Append(",\"dst_ip\":\""u8);
        line.AppendAddress(record.DestinationAddress);
        line.Append("\",\"dst_port\":"u8);
        line.Append(record.DestinationPort);
        line.Append(",\"pid\":"u8);
        line.Append(record.Owner.Pid);
        line.Append(",\"process\":\""u8);
        JsonName.Write(ref line, ProcessName.Trim(record.Owner.Comm));
        line.Append("\",\"netns\":"u8);
        line.Append(record.NetworkNamespace);
        if (e.Container is { IsContainer: true } container)
        {
            line.Append(ContainerPart(container));
        }

        line.Append(record.Direction == Direction.Inbound ? ",\"direction\":\"inbound\",\"uid\":"u8 : ",\"direction\":\"outbound\",\"uid\":"u8);
        line.Append(record.Owner.Uid);
        line.Append(",\"cgroup_id\":"u8);
        line.Append(record.Owner.CgroupId);
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

    private static ReadOnlySpan<byte> KindText(RecordKind kind) => kind switch
    {
        RecordKind.Connect => "\",\"type\":\"CONNECT\",\"protocol\":\"TCP\","u8,
        RecordKind.Accept => "\",\"type\":\"ACCEPT\",\"protocol\":\"TCP\","u8,
        RecordKind.Flow => "\",\"type\":\"FLOW\",\"protocol\":\"TCP\","u8,
        _ => "\",\"type\":\"CLOSE\",\"protocol\":\"TCP\","u8,
    };

    private static byte[] RenderContainer(ContainerIdentity container)
    {
        var line = new Utf8Cursor(stackalloc byte[MaxBytes]);
        var id = container.ContainerId.AsSpan();
        line.Append(",\"container\":{\"container_id\":\""u8);
        JsonName.Write(ref line, id[..Math.Min(id.Length, ContainerIdentity.ShortIdLength)]);
        line.Append("\",\"pod_name\":\""u8);
        JsonName.Write(ref line, container.PodName);
        line.Append("\",\"pod_namespace\":\""u8);
        JsonName.Write(ref line, container.PodNamespace);
        line.Append("\",\"container_name\":\""u8);
        JsonName.Write(ref line, container.ContainerName);
        if (container.PodName.Length == 0 && container.PodUid.Length > 0)
        {
            line.Append("\",\"pod_uid\":\""u8); // the only way to identify the pod
            JsonName.Write(ref line, container.PodUid);
        }

        line.Append("\"}"u8);
        return line.Written.ToArray();
    }
}
