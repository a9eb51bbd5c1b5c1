using System.Globalization;
using NetMon.Events;

namespace NetMon.UnitTests.Readers;

/// <summary>An event to write, with the expected text of its addresses and process name.</summary>
internal sealed record WrittenEvent(ConnectionEvent Event, string Source, string Destination, string Dialed, string Process)
{
    private const string Node = "node-1";

    /// <summary>
    /// The row that every reader must return: a text for each column in the order of <see cref="Columns"/>; time in microseconds since
    /// 1970.
    /// </summary>
    public string?[] Row
    {
        get
        {
            var record = Event.Record;
            var (container, peer) = (Event.Container, Event.Peer);
            var isConnect = record.Kind == RecordKind.Connect;
            var isClose = record.Kind == RecordKind.Close;
            var hasTraffic = isClose || record.Kind == RecordKind.Flow;
            var hasDeltas = hasTraffic && record.ConnectionId != 0;
            var isDialed = Has(RecordFlags.Dialed);
            return
            [
                Number(Event.UnixNanoseconds / 1000), Node, Vocabulary.Text(record.Kind), "TCP", Source, Number(record.SourcePort), Destination, Number(record.DestinationPort),
                Number(record.Owner.Pid), Process, Number(record.NetworkNamespace),
                container?.ContainerId, container?.PodName, container?.PodNamespace, container?.ContainerName, container?.PodUid, container?.Image,
                Vocabulary.Text(record.Direction), Number(record.Owner.Uid), Number(record.Owner.CgroupId),
                isConnect ? Vocabulary.Text(Event.Facts.Result) : null,
                isConnect && record.Error is not (0 or 103) ? Number(record.Error) : null,
                isConnect || record.LatencyNanoseconds != 0 ? Number(record.LatencyNanoseconds / 1000) : null,
                hasTraffic ? Number(record.DurationNanoseconds / 1000) : null,
                hasTraffic ? Number(record.BytesSent) : null, hasTraffic ? Number(record.BytesReceived) : null,
                hasTraffic ? Number(record.SmoothedRttMicroseconds) : null, hasTraffic ? Number(record.Retransmits) : null,
                isClose ? Vocabulary.Text(record.CloseReason) : null,
                record.ConnectionId != 0 ? Number(record.ConnectionId) : null,
                Has(RecordFlags.OwnerUnknown) ? "unknown" : Has(RecordFlags.OwnerInferred) ? "inferred" : null,
                Has(RecordFlags.Older) ? "true" : null,
                hasDeltas ? Number(record.DeltaSent) : null, hasDeltas ? Number(record.DeltaReceived) : null,
                isDialed ? Dialed : null, isDialed ? Number(record.DialedPort) : null,
                Known(peer?.PodName), Known(peer?.PodNamespace), Known(peer?.Workload), Known(peer?.Service), Known(peer?.Node), Known(peer?.Zone),
                Known(container?.Workload), Known(container?.WorkloadKind), Known(container?.PodLabels),
            ];
        }
    }

    private static string? Known(string? text) => text is "" ? null : text;

    private static string Number<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);

    private bool Has(RecordFlags flag) => (Event.Record.Flags & flag) != 0;
}
