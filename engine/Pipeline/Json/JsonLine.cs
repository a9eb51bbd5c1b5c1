using System.Buffers.Text;
using System.Text;
using NetMon.Events;
using NetMon.Native;

namespace NetMon.Pipeline.Json;

/// <summary>
/// Writes one event as one line of JSON, keys in the contract's order (schemas/event.schema.json). Allocates nothing.
/// One thread: it keeps the second that it last wrote.
/// </summary>
public sealed class JsonLine
{
    /// <summary>
    /// No line is longer, so that a pipe takes it as a whole or not at all: less than 1024 bytes of keys, numbers and what
    /// the kernel bounds, plus four names (a pod has its uid only where it has no name).
    /// </summary>
    public const int MaxBytes = OutputDescriptor.AtomicPipeBytes;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private readonly ContainerJson _containers = new();
    private readonly byte[] _node;
    private readonly byte[] _second = new byte[19]; // 2026-11-22T19:05:06
    private long _secondOf = long.MinValue;

    /// <param name="node">The node's name; rendered once.</param>
    public JsonLine(string node)
    {
        var name = new Utf8Cursor(stackalloc byte[JsonName.MaxBytes]);
        JsonName.Write(ref name, node);
        _node = name.Written.ToArray();
    }

    /// <summary>Writes the line with its newline at the start of <paramref name="to"/>, which holds <see cref="MaxBytes"/>; returns its length.</summary>
    public int Write(in ConnectionEvent e, Span<byte> to)
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
        if (e.Container is { } container)
        {
            line.Append(_containers.Of(container));
        }

        line.Append(record.Direction == Direction.Inbound ? ",\"direction\":\"inbound\",\"uid\":"u8 : ",\"direction\":\"outbound\",\"uid\":"u8);
        line.Append(record.Owner.Uid);
        line.Append(",\"cgroup_id\":"u8);
        line.Append(record.Owner.CgroupId);
        WriteOutcome(ref line, in e);
        line.Append("}\n"u8);
        return line.Length;
    }

    private static ReadOnlySpan<byte> KindText(RecordKind kind) => kind switch
    {
        RecordKind.Connect => "\",\"type\":\"CONNECT\",\"protocol\":\"TCP\","u8,
        RecordKind.Accept => "\",\"type\":\"ACCEPT\",\"protocol\":\"TCP\","u8,
        _ => "\",\"type\":\"CLOSE\",\"protocol\":\"TCP\","u8,
    };

    private static void WriteOutcome(ref Utf8Cursor line, in ConnectionEvent e)
    {
        ref readonly var record = ref e.Record;
        switch (record.Kind)
        {
            case RecordKind.Connect:
                line.Append(",\"result\":\""u8);
                line.AppendAscii(Vocabulary.Text(e.Result));
                line.Append("\""u8);
                if (e.Errno != 0)
                {
                    line.Append(",\"errno\":"u8);
                    line.Append(e.Errno);
                }

                line.Append(",\"latency_us\":"u8);
                line.Append(record.ElapsedNanoseconds / 1000);
                break;
            case RecordKind.Close:
                line.Append(",\"duration_us\":"u8);
                line.Append(record.ElapsedNanoseconds / 1000);
                line.Append(",\"bytes_sent\":"u8);
                line.Append(record.BytesSent);
                line.Append(",\"bytes_received\":"u8);
                line.Append(record.BytesReceived);
                line.Append(",\"rtt_us\":"u8);
                line.Append(record.SmoothedRttMicroseconds);
                line.Append(",\"retransmits\":"u8);
                line.Append(record.Retransmits);
                line.Append(",\"reason\":\""u8);
                line.AppendAscii(Vocabulary.Text(record.Ending));
                line.Append("\""u8);
                break;
        }
    }

    private void WriteTime(ref Utf8Cursor line, long unixNanoseconds)
    {
        var (second, nanoseconds) = Math.DivRem(unixNanoseconds, NanosecondsPerSecond);
        if (nanoseconds < 0)
        {
            (second, nanoseconds) = (second - 1, nanoseconds + NanosecondsPerSecond); // before 1970: a damaged time
        }

        if (second != _secondOf)
        {
            _secondOf = second;
            DateTime.UnixEpoch.AddSeconds(second).TryFormat(_second, out _, "yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        }

        line.Append(_second);
        line.Append("."u8);
        line.AppendDigits((uint)nanoseconds, 9);
        line.Append("Z"u8);
    }
}
