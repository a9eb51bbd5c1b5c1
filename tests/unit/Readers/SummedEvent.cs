using System.Globalization;
using System.Numerics;
using NetMon.Events;

namespace NetMon.UnitTests.Readers;

/// <summary>The expected roll-up row of an event that is alone in its row, by schemas/rollup.md.</summary>
internal static class SummedEvent
{
    public static string[] Columns { get; } =
    [
        "node", "direction", "process", "container_id", "pod_name", "pod_namespace", "container_name", "peer", "port", "result", "errno", "attempts", "accepts", "closed",
        "bytes_sent", "bytes_received", "retransmits", "latency", "first", "last",
    ];

    /// <summary>The same events, each with a port of its own.</summary>
    public static WrittenEvent[] All(WrittenEvent[] events) => [.. events.Select((written, index) =>
    {
        var alone = written.Event;
        alone.Record.DestinationPort = (ushort)index;
        return written with { Event = alone };
    })];

    public static string?[] RowOf(WrittenEvent written)
    {
        var row = written.Row;
        var isOutbound = written.Event.Record.Direction == Direction.Outbound;
        var type = Of("type");
        return
        [
            Of("node"), Of("direction"), Of("process"), Of("container_id"), Of("pod_name"), Of("pod_namespace"), Of("container_name"),
            isOutbound ? Of("dst_ip") : Of("src_ip"), Of("dst_port"),
            isOutbound ? Of("result") ?? "established" : null,
            Of("errno"),
            Count("CONNECT"), Count("ACCEPT"), Count("CLOSE"),
            Of("delta_sent") ?? (type == "CLOSE" ? Of("bytes_sent") : "0"), Of("delta_received") ?? (type == "CLOSE" ? Of("bytes_received") : "0"),
            type == "CLOSE" ? Of("retransmits") : "0",
            type == "CONNECT" ? $"{Bucket(ulong.Parse(Of("latency_us")!, CultureInfo.InvariantCulture))}:1" : null,
            Of("timestamp"), Of("timestamp"),
        ];

        string? Of(string column) => row[Array.IndexOf(ReaderFiles.Columns, column)];

        string Count(string of) => type == of ? "1" : "0";
    }

    private static int Bucket(ulong microseconds)
    {
        var power = BitOperations.Log2(microseconds);
        return microseconds < 8 ? (int)microseconds : 8 * (power - 2) + (int)((microseconds >> (power - 3)) & 7);
    }
}
