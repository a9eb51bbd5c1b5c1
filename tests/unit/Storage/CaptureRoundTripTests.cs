using System.Text;
using CsCheck;
using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Storage;

public sealed class CaptureRoundTripTests
{
    private static readonly ContainerIdentity?[] Containers = [null, Sample.Container, new("c1", "", "", "c"), new("c2", "p", "n", "", "u", "i")];

    private static readonly PeerIdentity?[] Peers = [null, null, Sample.Peer, new(Node: "node-2", Zone: "z"), new("p", "n", "", "s")];

    private static readonly Gen<ConnectionEvent> AnyEvent =
        from kind in Gen.Byte[1, 4]
        from at in Gen.Long[0, 2 * Sample.HourLong - 1]
        from addresses in Gen.Select(AnyAddress(), AnyAddress())
        from numbers in Gen.Select(Gen.UInt[0, int.MaxValue], Gen.UInt, Gen.ULong[0, long.MaxValue], Gen.ULong[0, long.MaxValue])
        from ports in Gen.Select(Gen.UShort, Gen.UShort)
        from comm in Gen.OneOf(Gen.Byte.Array[0, 16], One("nginx"u8.ToArray(), "java"u8.ToArray()))
        from container in One(Containers)
        from peer in One(Peers)
        from outcome in Gen.Select(One(0u, 103u, 111u, 7u), Gen.Byte[0, 9], Gen.Byte[0, 2], Gen.Byte[0, 31])
        select Build((RecordKind)kind, at, addresses, numbers, ports, comm, container, outcome) with { Peer = peer };

    [Fact]
    public void Any_events_are_read_back_unchanged() => AnyEvent.Array[1, 400].Sample(
        events =>
        {
            using var capture = new CaptureFolder();
            var sink = capture.Open(change: options => options with { RowGroupRows = 64 });
            sink.Write(events);
            sink.Close();

            var rows = capture.Query(
                """
                SELECT epoch_us(timestamp), type, src_ip, dst_ip, src_port, dst_port, pid, process, container_id, container_name, pod_uid, image,
                    direction, cgroup_id, result, errno, latency_us, duration_us, bytes_sent, reason,
                    connection_id, owner, older, delta_sent, dialed_ip, dialed_port, peer_pod_name, peer_workload, peer_service, peer_node, peer_zone
                FROM {events}
                """);
            Assert.Equal(Sorted(events.Select(Expected)), Sorted(rows.Select(row => string.Join('|', row.Select(value => value ?? "null")))));
        },
        iter: 20);

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static Gen<byte[]> AnyAddress() => Gen.OneOf(
        Gen.Byte.Array[16],
        Gen.Byte.Array[4].Select(v4 => (byte[])[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, .. v4]),
        Gen.Byte[0, 3].Select(last => (byte[])[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]));

    private static ConnectionEvent Build(
        RecordKind kind, long at, (byte[] Source, byte[] Destination) addresses, (uint, uint, ulong, ulong) numbers, (ushort, ushort) ports,
        byte[] comm, ContainerIdentity? container, (uint Error, byte CloseReason, byte Direction, byte Flags) outcome)
    {
        var built = new ConnectionEvent { UnixNanoseconds = Sample.Hour19 + at, Container = container };
        ref var record = ref built.Record;
        record.Kind = kind;
        record.SourceAddress = Sample.Bytes(addresses.Source);
        record.DestinationAddress = Sample.Bytes(addresses.Destination);
        (record.SourcePort, record.DestinationPort) = ports;
        (record.Owner.Pid, record.NetworkNamespace, record.Owner.CgroupId, record.DurationNanoseconds) = numbers;
        record.LatencyNanoseconds = outcome.Flags % 2 == 0 ? 0 : numbers.Item3;
        record.ConnectionId = outcome.Flags % 3 == 0 ? 0 : numbers.Item3 / 2;
        (record.DeltaSent, record.DialedAddress, record.DialedPort) = (numbers.Item4 / 2, record.SourceAddress, record.SourcePort);
        record.Flags = (RecordFlags)outcome.Flags & ~RecordFlags.ErrorUnknown;
        record.Owner.Comm = Sample.Bytes(comm);
        record.BytesSent = numbers.Item4;
        record.Error = outcome.Error;
        record.CloseReason = (CloseReason)outcome.CloseReason;
        record.Direction = (Direction)outcome.Direction;
        return built;
    }

    private static string Expected(ConnectionEvent source)
    {
        var record = source.Record;
        ReadOnlySpan<byte> comm = record.Owner.Comm;
        var isConnect = record.Kind == RecordKind.Connect;
        var isClose = record.Kind == RecordKind.Close;
        var hasTraffic = isClose || record.Kind == RecordKind.Flow;
        var isDialed = (record.Flags & RecordFlags.Dialed) != 0;
        object?[] values =
        [
            source.UnixNanoseconds / 1000, Vocabulary.Text(record.Kind), AddressText.Format(record.SourceAddress),
            AddressText.Format(record.DestinationAddress), record.SourcePort, record.DestinationPort, record.Owner.Pid,
            Encoding.UTF8.GetString(comm.IndexOf((byte)0) is var end and >= 0 ? comm[..end] : comm), source.Container?.ContainerId,
            source.Container?.ContainerName, source.Container?.PodUid, source.Container?.Image, Vocabulary.Text(record.Direction), record.Owner.CgroupId,
            isConnect ? Vocabulary.Text(source.Facts.Result) : null,
            isConnect && record.Error is not (0 or 103) ? record.Error : null,
            isConnect || record.LatencyNanoseconds != 0 ? record.LatencyNanoseconds / 1000 : null, hasTraffic ? record.DurationNanoseconds / 1000 : null,
            hasTraffic ? record.BytesSent : null, isClose ? Vocabulary.Text(record.CloseReason) : null,
            record.ConnectionId != 0 ? record.ConnectionId : null,
            (record.Flags & RecordFlags.OwnerUnknown) != 0 ? "unknown" : (record.Flags & RecordFlags.OwnerInferred) != 0 ? "inferred" : null,
            (record.Flags & RecordFlags.Older) != 0 ? true : null, hasTraffic && record.ConnectionId != 0 ? record.DeltaSent : null,
            isDialed ? AddressText.Format(record.DialedAddress) : null, isDialed ? record.DialedPort : null,
            NullIfEmpty(source.Peer?.PodName), NullIfEmpty(source.Peer?.Workload), NullIfEmpty(source.Peer?.Service), NullIfEmpty(source.Peer?.Node), NullIfEmpty(source.Peer?.Zone),
        ];
        return string.Join('|', values.Select(value => value ?? "null"));
    }

    private static string? NullIfEmpty(string? text) => text is "" ? null : text;

    private static List<string> Sorted(IEnumerable<string> lines) => [.. lines.Order(StringComparer.Ordinal)];
}
