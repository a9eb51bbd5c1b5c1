using System.Text;
using NetMon.Events;
using NetMon.Pipeline.Json;
using NetMon.UnitTests.Events;

namespace NetMon.UnitTests.Pipeline;

/// <summary>Events with a value in every field, and their lines.</summary>
internal static class JsonLines
{
    public static readonly PeerIdentity Peer = new("db-0", "production", "production/db", "db", "node-2", "eu-1b");

    public static readonly ContainerIdentity Container =
        new("0123456789abcdef0123456789abcdef", "web-7d64c9f9b8-x9k2m", "production", "nginx");

    public static ConnectionEvent Event(RecordKind kind)
    {
        var record = Records.Record(kind);
        record.SourceAddress = Records.Inline([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 1, 5]);
        record.DestinationAddress = Records.Inline([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        record.SourcePort = 45678;
        record.DestinationPort = 443;
        record.NetworkNamespace = 4026531840;
        record.Owner.Pid = 4242;
        record.Owner.Uid = 1000;
        record.Owner.CgroupId = ulong.MaxValue;
        record.Owner.Comm = Records.Inline("curl"u8);
        record.ConnectionId = 77;
        record.LatencyNanoseconds = 1_234_999;
        record.DurationNanoseconds = 5_678_999;
        record.BytesSent = ulong.MaxValue - 1;
        record.BytesReceived = 2;
        record.DeltaSent = 1;
        record.DeltaReceived = 2;
        record.SmoothedRttMicroseconds = 345;
        record.Retransmits = 6;
        record.CloseReason = CloseReason.ResetRemote;
        return new ConnectionEvent { UnixNanoseconds = 1_795_374_306_000_000_007, Record = record };
    }

    public static byte[] Bytes(ConnectionEvent e, string node = "node-1", JsonFormat format = JsonFormat.Netmon)
    {
        var buffer = new byte[EventLine.MaxBytes];
        return buffer[..EventLine.Of(format, node).Write(in e, buffer)];
    }

    public static string Text(ConnectionEvent e, string node = "node-1", JsonFormat format = JsonFormat.Netmon) =>
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Bytes(e, node, format));
}
