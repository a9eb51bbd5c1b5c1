using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>
/// Hot segments as written by version 0.1 of the agent, which an upgrade may find unsealed. Their batches are converted to the current
/// version's columns when read.
/// </summary>
internal static class HotVersion1
{
    /// <summary>The value of <c>netmon.hot_version</c>.</summary>
    public const string Version = "1";

    private const string Kind = "kind";
    private const string Elapsed = "elapsed_ns";

    private static readonly HotField[] Fields =
    [
        new("timestamp", FieldType.Timestamp), new(Kind, FieldType.UInt8), new("direction", FieldType.UInt8), new("ending", FieldType.UInt8),
        new("flags", FieldType.UInt8), new("src_ip", FieldType.Bytes16), new("dst_ip", FieldType.Bytes16), new("src_port", FieldType.UInt16),
        new("dst_port", FieldType.UInt16), new("netns", FieldType.UInt32), new("pid", FieldType.UInt32), new("uid", FieldType.UInt32),
        new("cgroup_id", FieldType.UInt64), new("process", FieldType.Bytes16), new(Elapsed, FieldType.UInt64), new("bytes_sent", FieldType.UInt64),
        new("bytes_received", FieldType.UInt64), new("rtt_us", FieldType.UInt32), new("retransmits", FieldType.UInt32), new("errno", FieldType.UInt32),
    ];

    private static readonly string[] ContainerTexts = ["container_id", "pod_uid", "pod_name", "pod_namespace", "container_name", "image"];

    public static HotFormat Format { get; } = new(new HotColumns(Version, Fields, [new HotDictionary("container", ContainerTexts, HotLimits.Containers)]));

    /// <summary>Converts the values of a batch to the layout of the current version; fields that version 1 lacks become 0.</summary>
    /// <param name="message">A message of version 1.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="converted">Receives the body; its metadata and trailer are left unchanged.</param>
    public static void Convert(ReadOnlySpan<byte> message, int rows, Span<byte> converted)
    {
        var (from, to) = (Format, HotFormat.Current);
        message = message[from.Messages.Batch.Length..];
        converted = converted[to.Messages.Batch.Length..];
        for (var column = 0; column < to.Columns.Fields.Count; column++)
        {
            var values = converted.Slice(to.Layout.Column(column, rows), to.Columns.Widths[column] * rows);
            var field = EventColumns.Fields[column];
            if (field == EventFields.Latency || field == EventFields.Duration)
            {
                // One field stored both: the latency of a CONNECT and the duration of a CLOSE.
                var kind = field == EventFields.Latency ? RecordKind.Connect : RecordKind.Close;
                CopyElapsed(Column(message, Kind, rows), Column(message, Elapsed, rows), kind, MemoryMarshal.Cast<byte, ulong>(values));
            }
            else if (Array.FindIndex(Fields, old => old.Name == NameOf(field)) is var old and >= 0)
            {
                Column(message, Fields[old].Name, rows).CopyTo(values);
            }
            else
            {
                values.Clear();
            }
        }

        const int containers = HotColumns.Containers;
        message.Slice(from.Layout.Validity(containers, rows), (rows + 7) / 8).CopyTo(converted[to.Layout.Validity(containers, rows)..]);
        message.Slice(from.Layout.Column(from.Columns.ColumnOf(containers), rows), sizeof(short) * rows).CopyTo(converted[to.Layout.Column(to.Columns.ColumnOf(containers), rows)..]);
        converted.Slice(to.Layout.Validity(HotColumns.Peers, rows), (rows + 7) / 8).Clear();
    }

    private static string NameOf(EventField field) => field == EventFields.CloseReason ? "ending" : field.Name;

    private static ReadOnlySpan<byte> Column(ReadOnlySpan<byte> body, string name, int rows)
    {
        var column = Array.FindIndex(Fields, field => field.Name == name);
        return body.Slice(Format.Layout.Column(column, rows), Fields[column].Width * rows);
    }

    private static void CopyElapsed(ReadOnlySpan<byte> kinds, ReadOnlySpan<byte> elapsed, RecordKind kind, Span<ulong> values)
    {
        var nanoseconds = MemoryMarshal.Cast<byte, ulong>(elapsed);
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = (RecordKind)kinds[row] == kind ? nanoseconds[row] : 0;
        }
    }
}
