using System.Buffers;
using System.Globalization;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Query.Printing;

namespace NetMon.Query.Observe;

/// <summary>
/// Writes an event per line in the width of the terminal: time, owner, direction, peer, outcome, duration and size. Names are truncated;
/// ports are not. Without a terminal nothing is truncated.
/// </summary>
internal sealed class CompactLines : IEventLines
{
    private const int FullFrom = 100;
    private const int ProcessFrom = 160;
    private const int ProcessWidth = 22;
    private const int MostForName = 56;
    private const int NameWithoutTerminal = 32;
    private readonly LineBuilder _line;
    private readonly int? _width;

    /// <param name="width">The width of the terminal; null: none.</param>
    /// <param name="isColoured">Whether to write colours.</param>
    public CompactLines(int? width, bool isColoured)
    {
        (_line, _width) = (new LineBuilder(isColoured), width);
        var rest = (width ?? 0) - FixedWidth;
        OwnWidth = width is null ? NameWithoutTerminal : Math.Clamp(rest * 9 / 19, 1, MostForName);
        OtherWidth = width is null ? NameWithoutTerminal : Math.Clamp(rest - OwnWidth, 1, MostForName);
    }

    private bool IsFull => _width is null or >= FullFrom;

    private bool HasProcess => _width is >= ProcessFrom;

    private int OwnWidth { get; }

    private int OtherWidth { get; }

    private int TimeWidth => IsFull ? "02:14:05.123".Length : "02:14:05".Length;

    private int OutcomeWidth => IsFull ? Outcome.Width : Outcome.NarrowWidth;

    private int BytesWidth => IsFull ? 2 * Amounts.SizeWidth + "/".Length : Amounts.SizeWidth;

    /// <summary>The width of everything but the two names, including spaces.</summary>
    private int FixedWidth => TimeWidth + OutcomeWidth + BytesWidth + Amounts.DurationWidth + "→".Length + (HasProcess ? ProcessWidth + 1 : 0) + 6;

    public void Write(string node, in ConnectionEvent e, IBufferWriter<byte> to)
    {
        ref readonly var record = ref e.Record;
        var outcome = Outcome.Of(e.Facts);
        var outbound = record.Direction == Direction.Outbound;
        var port = string.Create(CultureInfo.InvariantCulture, $":{record.DestinationPort}");
        _line.Add(Time(e.UnixNanoseconds), TimeWidth, Ink.Dim);
        _line.Add(Name(EventNames.Own(in e), outbound ? "" : port, OwnWidth), OwnWidth);
        if (HasProcess)
        {
            _line.Add(TerminalText.Cut(TerminalText.Shown(EventNames.Process(in e)), ProcessWidth), ProcessWidth, Ink.Dim);
        }

        _line.Add(outbound ? "→" : "←", 1, outcome.Ink);
        _line.Add(Name(EventNames.Other(in e), outbound ? port : "", OtherWidth), OtherWidth, Ink.Peer);
        _line.Add(IsFull ? outcome.ToString() : TerminalText.Cut(outcome.ToNarrowString(), OutcomeWidth), OutcomeWidth, outcome.Ink);
        _line.Add(Duration(in e), Amounts.DurationWidth, right: true);
        _line.Add(Bytes(in e), BytesWidth, right: true);
        _line.End(to);
    }

    /// <summary>The latency or duration; empty if unknown.</summary>
    public static string Duration(in ConnectionEvent e) => e.Record.Kind switch
    {
        RecordKind.Close or RecordKind.Flow => Amounts.Duration(e.Record.DurationNanoseconds),
        _ when e.Facts.IsLatencyKnown => Amounts.Duration(e.Record.LatencyNanoseconds),
        _ => "",
    };

    private string Time(long unixNanoseconds)
    {
        var text = Rfc3339.Format(unixNanoseconds, _width is null ? 6 : 3);
        return _width is null ? text : text.Substring("2026-11-27T".Length, TimeWidth);
    }

    private string Bytes(in ConnectionEvent e) => e.Record.Kind is not (RecordKind.Close or RecordKind.Flow) ? ""
        : IsFull ? $"{Amounts.Size(e.Record.BytesSent)}/{Amounts.Size(e.Record.BytesReceived)}"
        : Amounts.Size((double)e.Record.BytesSent + e.Record.BytesReceived);

    private string Name(string name, string port, int width)
    {
        var shown = TerminalText.Shown(name);
        if (port.Length > 0 && shown.Contains(':', StringComparison.Ordinal))
        {
            shown = $"[{shown}]"; // an IPv6 address
        }

        return _width is null ? shown + port : TerminalText.Cut(shown, width - port.Length) + port;
    }
}
