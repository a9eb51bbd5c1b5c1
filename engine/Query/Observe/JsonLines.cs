using System.Buffers;
using NetMon.Events;
using NetMon.Pipeline.Json;

namespace NetMon.Query.Observe;

/// <summary>The agent's own lines (schemas/event.schema.json).</summary>
internal sealed class JsonLines : IEventLines
{
    private readonly Dictionary<string, EventLine> _lines = new(StringComparer.Ordinal);

    public void Write(string node, in ConnectionEvent e, IBufferWriter<byte> to)
    {
        if (!_lines.TryGetValue(node, out var line))
        {
            line = EventLine.Of(JsonFormat.Netmon, node);
            _lines.Add(node, line);
        }

        to.Advance(line.Write(in e, to.GetSpan(EventLine.MaxBytes)));
    }
}
