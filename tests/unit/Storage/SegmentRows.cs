using NetMon.Events;
using NetMon.Storage.Hot;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>Rows for a segment, and what a reader gives of them: a line for each row.</summary>
internal static class SegmentRows
{
    private static readonly PeerIdentity OtherNode = new(Node: "node-2");

    /// <summary>Events of all types, with containers and peers and without.</summary>
    public static ConnectionEvent[] Mixed(int count) =>
    [
        .. Enumerable.Range(0, count).Select(n => (n % 4) switch
        {
            0 => Sample.Connect(Sample.Hour19 + n, error: (uint)n) with { Container = n % 2 == 0 ? Sample.Container : new ContainerIdentity("c0ffee"), Peer = Sample.Peer },
            1 => Sample.Accept(Sample.Hour19 + n),
            2 => Sample.Flow(Sample.Hour19 + n),
            _ => Sample.Close(Sample.Hour19 + n) with { Container = Sample.Container, Peer = OtherNode },
        }),
    ];

    /// <summary>A line for each event, with all of its fields.</summary>
    public static List<string> Lines(IEnumerable<ConnectionEvent> events) => [.. events.Select(Line)];

    /// <summary>The lines of the rows that a reader has.</summary>
    public static List<string> Read(HotSegmentReader reader) => Read(reader, out _);

    public static List<string> Read(HotSegmentReader reader, out List<HotDamage> damages)
    {
        var lines = new List<string>();
        damages = [];
        while (reader.TryRead())
        {
            if (reader.DamageBefore is { } damage)
            {
                damages.Add(damage);
            }

            for (var row = 0; row < reader.Batch.Rows; row++)
            {
                lines.Add(Line(HotRow.Restore(reader.Batch, row)));
            }
        }

        if (reader.DamageBefore is { } atEnd)
        {
            damages.Add(atEnd);
        }

        return lines;
    }

    private static string Line(ConnectionEvent e) => string.Join(
        ' ', e.UnixNanoseconds, e.Container, e.Peer, e.Record.Kind, e.Record.Direction, e.Record.CloseReason, e.Record.Flags, AddressText.Format(e.Record.SourceAddress),
        AddressText.Format(e.Record.DestinationAddress), e.Record.SourcePort, e.Record.DestinationPort, e.Record.NetworkNamespace, e.Record.Owner.Pid, e.Record.Owner.Uid,
        e.Record.Owner.CgroupId, Convert.ToHexString(e.Record.Owner.Comm), e.Record.LatencyNanoseconds, e.Record.DurationNanoseconds, e.Record.BytesSent, e.Record.BytesReceived,
        e.Record.ConnectionId, e.Record.DeltaSent, e.Record.DeltaReceived, AddressText.Format(e.Record.DialedAddress), e.Record.DialedPort,
        e.Record.SmoothedRttMicroseconds, e.Record.Retransmits, e.Record.Error);

    /// <summary>Writes batches and leaves the segment as a kill would; returns its path.</summary>
    public static string LeaveSegment(this CaptureFolder capture, params ConnectionEvent[][] batches)
    {
        var sink = capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
        foreach (var batch in batches)
        {
            sink.Write(batch);
            sink.Advance(Sample.Hour19);
        }

        sink.Abandon();
        return Assert.Single(capture.Segments);
    }
}
