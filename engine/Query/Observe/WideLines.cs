using System.Buffers;
using System.Globalization;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Query.Printing;

namespace NetMon.Query.Observe;

/// <summary>Writes an event per line with all details, regardless of the width.</summary>
/// <param name="isColoured">Whether to write colours.</param>
internal sealed class WideLines(bool isColoured) : IEventLines
{
    private const int NameWidth = 32;
    private const int ProcessWidth = 22;
    private const int EndpointWidth = 21;
    private const int NumberWidth = 12;
    private readonly LineBuilder _line = new(isColoured);

    public void Write(string node, in ConnectionEvent e, IBufferWriter<byte> to)
    {
        ref readonly var record = ref e.Record;
        var outcome = Outcome.Of(e.Facts);
        var isTraffic = record.Kind is RecordKind.Close or RecordKind.Flow;
        _line.Add(Rfc3339.Format(e.UnixNanoseconds, digits: 6), 0, Ink.Dim);
        _line.Add(TerminalText.Shown(node), 0);
        _line.Add(outcome.ToString(), Outcome.Width, outcome.Ink);
        _line.Add(Vocabulary.Text(record.Direction), "outbound".Length);
        _line.Add(TerminalText.Shown(EventNames.Workload(in e)), NameWidth);
        _line.Add(TerminalText.Shown(EventNames.Own(in e)), NameWidth);
        _line.Add(TerminalText.Shown(EventNames.Process(in e)), ProcessWidth);
        _line.Add(EventNames.Endpoint(record.SourceAddress, record.SourcePort), EndpointWidth);
        _line.Add("→", 1);
        _line.Add(EventNames.Endpoint(record.DestinationAddress, record.DestinationPort), EndpointWidth);
        _line.Add(TerminalText.Shown(EventNames.OtherName(in e) ?? "-"), NameWidth, Ink.Peer);
        _line.Add(CompactLines.Duration(in e), Amounts.DurationWidth, right: true);
        _line.Add(isTraffic ? Number("sent=", record.BytesSent) : "", NumberWidth);
        _line.Add(isTraffic ? Number("received=", record.BytesReceived) : "", NumberWidth);
        _line.Add(isTraffic ? $"rtt={Amounts.Duration(record.SmoothedRttMicroseconds * 1000UL)}" : "", NumberWidth);
        _line.Add(record.Retransmits > 0 ? Number("retransmits=", record.Retransmits) : "", 0);
        _line.End(to);
    }

    private static string Number(string name, ulong number) => string.Create(CultureInfo.InvariantCulture, $"{name}{number}");
}
