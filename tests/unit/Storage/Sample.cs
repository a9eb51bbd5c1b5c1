using System.Net;
using System.Text;
using NetMon.Events;

namespace NetMon.UnitTests.Storage;

/// <summary>Events to write.</summary>
internal static class Sample
{
    public const long Second = 1_000_000_000;

    public const long HourLong = 3600 * Second;

    public static readonly ContainerIdentity Container = new(
        "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90", "nginx-7d64c9f9b8-x9k2m", "production", "nginx",
        "0d4b6a1e-3f0c-4d27-9a55-6f1f5b0b7c11", "docker.io/library/nginx:1.29", "production/nginx", WorkloadKinds.Deployment, """{"team":"shop"}""");

    public static readonly ContainerIdentity Unit = new("", Workload: "node/sshd.service", WorkloadKind: WorkloadKinds.SystemdUnit);

    public static readonly PeerIdentity Peer = new("db-0", "production", "StatefulSet/db", "db", "node-2", "zone-b");

    /// <summary>2026-11-22T19:00:00Z</summary>
    public static readonly long Hour19 = At(2026, 11, 22, 19);

    public static long At(int year, int month, int day, int hour) =>
        (new DateTime(year, month, day, hour, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks * 100;

    public static ConnectionEvent Connect(long at, uint error = 0, RecordFlags flags = 0)
    {
        var connection = Event(RecordKind.Connect, at);
        connection.Record.Error = error;
        connection.Record.Flags = flags;
        connection.Record.LatencyNanoseconds = 1_234_999;
        return connection;
    }

    public static ConnectionEvent Accept(long at) => Event(RecordKind.Accept, at);

    public static ConnectionEvent Close(long at)
    {
        var connection = Traffic(RecordKind.Close, at);
        connection.Record.CloseReason = CloseReason.FinRemote;
        return connection;
    }

    public static ConnectionEvent Flow(long at) => Traffic(RecordKind.Flow, at);

    private static ConnectionEvent Traffic(RecordKind kind, long at)
    {
        var connection = Event(kind, at);
        connection.Record.LatencyNanoseconds = 1_234_999;
        connection.Record.DurationNanoseconds = 7_000_999;
        connection.Record.BytesSent = long.MaxValue;
        connection.Record.BytesReceived = 4096;
        connection.Record.SmoothedRttMicroseconds = uint.MaxValue;
        connection.Record.Retransmits = 3;
        connection.Record.DeltaSent = 96;
        connection.Record.DeltaReceived = 4000;
        return connection;
    }

    public static ConnectionEvent Named(long at, ReadOnlySpan<byte> comm)
    {
        var connection = Accept(at);
        connection.Record.Owner.Comm = Bytes(comm);
        return connection;
    }

    public static InlineBytes16 Address(string text) => Bytes(IPAddress.Parse(text).MapToIPv6().GetAddressBytes());

    public static InlineBytes16 Bytes(ReadOnlySpan<byte> bytes)
    {
        var inline = default(InlineBytes16);
        bytes.CopyTo(inline);
        return inline;
    }

    private static ConnectionEvent Event(RecordKind kind, long at)
    {
        var connection = new ConnectionEvent { UnixNanoseconds = at };
        ref var record = ref connection.Record;
        record.Kind = kind;
        record.Direction = kind == RecordKind.Accept ? Direction.Inbound : Direction.Outbound;
        record.SourceAddress = Address("10.0.1.5");
        record.DestinationAddress = Address("2001:db8::1");
        record.SourcePort = 45678;
        record.ConnectionId = 7_000_000_007;
        record.DestinationPort = 65535;
        record.NetworkNamespace = 4026532508;
        record.Owner.Pid = int.MaxValue;
        record.Owner.Uid = uint.MaxValue;
        record.Owner.CgroupId = long.MaxValue - 1;
        record.Owner.Comm = Bytes(Encoding.UTF8.GetBytes("curl"));
        return connection;
    }
}
