using System.Buffers;
using System.Text;
using NetMon.Events;
using NetMon.Pipeline.Json;
using NetMon.Query.Printing;

namespace NetMon.Query.Observe;

/// <summary>Writes events as the agent does (schemas/event.schema.json).</summary>
/// <param name="forTerminal">Whether to escape terminal control characters, which JSON allows unescaped.</param>
internal sealed class JsonLines(bool forTerminal) : IEventLines
{
    private readonly byte[] _line = new byte[EventLine.MaxBytes];
    private readonly Dictionary<string, EventLine> _lines = new(StringComparer.Ordinal);

    public void Write(string node, in ConnectionEvent e, IBufferWriter<byte> to)
    {
        if (!_lines.TryGetValue(node, out var line))
        {
            line = EventLine.Of(JsonFormat.Netmon, node);
            _lines.Add(node, line);
        }

        if (!forTerminal)
        {
            to.Advance(line.Write(in e, to.GetSpan(EventLine.MaxBytes)));
            return;
        }

        var length = line.Write(in e, _line) - "\n".Length;
        Encoding.UTF8.GetBytes(TerminalText.Shown(Encoding.UTF8.GetString(_line, 0, length)), to);
        to.Write("\n"u8);
    }
}
