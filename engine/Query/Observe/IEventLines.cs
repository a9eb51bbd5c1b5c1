using System.Buffers;
using NetMon.Events;

namespace NetMon.Query.Observe;

/// <summary>Writes events as lines. Not thread-safe.</summary>
internal interface IEventLines
{
    /// <summary>Appends an event's line.</summary>
    /// <param name="node">The node of the event.</param>
    /// <param name="e">The event.</param>
    /// <param name="to">The destination.</param>
    void Write(string node, in ConnectionEvent e, IBufferWriter<byte> to);
}
