using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Pipeline.Json;

/// <summary>
/// A line in Elastic Common Schema 8.17 (elastic.co/guide/en/ecs): source is the side that opened the connection, destination the other.
/// Values without an ECS field are under netmon. See schemas/ecs.schema.json.
/// </summary>
internal sealed class EcsLine(string node) : EventLine(
    RenderContainer,
    static container => WorkloadJson.Keys(container, ",\"workload\":\""u8, ",\"workload_kind\":\""u8),
    static container => WorkloadJson.LabelObject(container, ",\"labels\":"u8, static key => key.Replace('.', '_')),
    static peer => PeerJson.Object(peer, ",\"peer\":"u8))
{
    /// <summary>Columns with a field in the schema: event.outcome, event.reason, event.duration, error.code, source.bytes and destination.bytes.</summary>
    private static readonly string[] SchemaHas = ["result", "errno", "duration_us", "bytes_sent", "bytes_received", "reason"];

    /// <summary>The other columns. The latency of a CONNECT is its event.duration; for CLOSE and FLOW that is the duration of the connection.</summary>
    private static readonly ColumnKeys OwnKeys = new(
        EventColumns.LineEnd.Where(column => !SchemaHas.Contains(column.Name)),
        (column, kind) => column.Name == "latency_us" && kind == RecordKind.Connect ? null : column.Name);

    private readonly byte[] _node = Rendered(node, NameBytes);

    public override int Write(in ConnectionEvent e, Span<byte> to)
    {
        ref readonly var record = ref e.Record;
        var line = new Utf8Cursor(to);
        line.Append("{\"@timestamp\":\""u8);
        WriteTime(ref line, e.UnixNanoseconds);
        line.Append("\",\"ecs\":{\"version\":\"8.17.0\"},\"host\":{\"name\":\""u8);
        line.Append(_node);
        line.Append("\"},\"event\":{\"kind\":\"event\",\"module\":\"netmon\",\"dataset\":\"netmon.connection\",\"category\":[\"network\"],\"type\":[\"connection\""u8);
        WriteOutcome(ref line, in e);
        WriteEnds(ref line, in record);
        line.Append(",\"process\":{\"pid\":"u8);
        line.Append(record.Owner.Pid);
        line.Append(",\"name\":\""u8);
        JsonName.Write(ref line, ProcessName.Trim(record.Owner.Comm));
        line.Append("\"},\"user\":{\"id\":\""u8);
        line.Append(record.Owner.Uid);
        line.Append("\"}"u8);
        if (e.Container is { IsContainer: true } container)
        {
            line.Append(ContainerPart(container));
        }

        line.Append(",\"netmon\":{\"netns\":"u8);
        line.Append(record.NetworkNamespace);
        line.Append(",\"cgroup_id\":"u8);
        line.Append(record.Owner.CgroupId);
        OwnKeys.Write(ref line, in e);
        AppendIfItFits(ref line, PeerPart(e.Peer), end: 3);
        if (e.Container is { } owner)
        {
            AppendIfItFits(ref line, WorkloadPart(owner), end: 3);
            line.Append("}"u8);
            AppendIfItFits(ref line, LabelsPart(owner), end: 2);
            line.Append("}\n"u8);
            return line.Length;
        }

        line.Append("}}\n"u8);
        return line.Length;
    }

    /// <summary>Writes the rest of event, and error.</summary>
    private static void WriteOutcome(ref Utf8Cursor line, in ConnectionEvent e)
    {
        ref readonly var record = ref e.Record;
        var facts = e.Facts;
        switch (record.Kind)
        {
            case RecordKind.Connect:
                var established = facts.Result == ConnectResult.Established;
                line.Append(",\"start\"],\"action\":\"connect\",\"outcome\":\""u8);
                line.Append(established ? "success\",\"duration\":"u8 : "failure\",\"duration\":"u8);
                line.Append(record.LatencyNanoseconds);
                if (!established)
                {
                    WriteReason(ref line, Vocabulary.Text(facts.Result));
                }

                if (facts.HasErrno)
                {
                    line.Append("},\"error\":{\"code\":\""u8);
                    line.Append(facts.Error);
                    line.Append("\""u8);
                }

                break;
            case RecordKind.Accept:
                line.Append(",\"start\"],\"action\":\"accept\",\"outcome\":\"success\""u8);
                break;
            case RecordKind.Flow:
                line.Append(",\"info\"],\"action\":\"flow\",\"duration\":"u8);
                line.Append(record.DurationNanoseconds);
                break;
            default:
                line.Append(",\"end\"],\"action\":\"close\",\"outcome\":\""u8);
                line.Append(facts.Reason is CloseReason.FinLocal or CloseReason.FinRemote ? "success\",\"duration\":"u8 : "failure\",\"duration\":"u8);
                line.Append(record.DurationNanoseconds);
                WriteReason(ref line, Vocabulary.Text(facts.Reason));
                break;
        }

        line.Append("}"u8);
    }

    private static void WriteReason(ref Utf8Cursor line, string reason)
    {
        line.Append(",\"reason\":\""u8);
        line.AppendAscii(reason);
        line.Append("\""u8);
    }

    private static void WriteEnds(ref Utf8Cursor line, in ConnectionRecord record)
    {
        var outbound = record.Direction == Direction.Outbound;
        line.Append(",\"network\":{\"transport\":\"tcp\",\"type\":\""u8);
        line.Append(AddressText.IsIPv4(record.DestinationAddress) ? "ipv4"u8 : "ipv6"u8);
        line.Append(outbound ? "\",\"direction\":\"egress\"},\"source\":{\"ip\":\""u8 : "\",\"direction\":\"ingress\"},\"source\":{\"ip\":\""u8);
        line.AppendAddress(record.SourceAddress);
        line.Append("\",\"port\":"u8);
        line.Append(record.SourcePort);
        WriteBytes(ref line, in record, outbound ? record.BytesSent : record.BytesReceived);
        line.Append("},\"destination\":{\"ip\":\""u8);
        line.AppendAddress(record.DestinationAddress);
        line.Append("\",\"port\":"u8);
        line.Append(record.DestinationPort);
        WriteBytes(ref line, in record, outbound ? record.BytesReceived : record.BytesSent);
        line.Append("}"u8);
    }

    private static void WriteBytes(ref Utf8Cursor line, in ConnectionRecord record, ulong bytes)
    {
        if (record.Kind is RecordKind.Close or RecordKind.Flow)
        {
            line.Append(",\"bytes\":"u8);
            line.Append(bytes);
        }
    }

    private static byte[] RenderContainer(ContainerIdentity container)
    {
        var line = new Utf8Cursor(stackalloc byte[MaxBytes]);
        line.Append(",\"container\":{\"id\":\""u8);
        JsonName.Write(ref line, container.ContainerId, NameBytes);
        JsonName.WriteKnown(ref line, "\",\"name\":\""u8, container.ContainerName, NameBytes);
        if (container.Image.Length > 0)
        {
            line.Append("\",\"image\":{\"name\":\""u8);
            JsonName.Write(ref line, container.Image, NameBytes);
            line.Append("\"}"u8);
        }
        else
        {
            line.Append("\""u8);
        }

        line.Append("}"u8);
        if (container.PodName.Length > 0 || container.PodUid.Length > 0)
        {
            line.Append(",\"orchestrator\":{\"type\":\"kubernetes\",\"resource\":{\"type\":\"pod"u8);
            JsonName.WriteKnown(ref line, "\",\"name\":\""u8, container.PodName, NameBytes);
            JsonName.WriteKnown(ref line, "\",\"id\":\""u8, container.PodUid, NameBytes);
            line.Append("\""u8);
            if (container.WorkloadKind is not ("" or WorkloadKinds.Pod or WorkloadKinds.StaticPod))
            {
                line.Append(",\"parent\":{\"type\":\""u8);
                JsonName.Write(ref line, container.WorkloadKind, NameBytes);
                line.Append("\"}"u8);
            }

            line.Append("}"u8);
            if (container.PodNamespace.Length > 0)
            {
                line.Append(",\"namespace\":\""u8);
                JsonName.Write(ref line, container.PodNamespace, NameBytes);
                line.Append("\""u8);
            }

            line.Append("}"u8);
        }

        return line.Written.ToArray();
    }
}
