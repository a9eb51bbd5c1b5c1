using System.Buffers;
using NetMon.Events;

namespace NetMon.Query.Observe;

/// <summary>Writes events as lines. One thread.</summary>
internal interface IEventLines
{
    /// <summary>Appends an event's line.</summary>
    /// <param name="node">Whose event it is.</param>
    /// <param name="e">The event.</param>
    /// <param name="to">Where to.</param>
    void Write(string node, in ConnectionEvent e, IBufferWriter<byte> to);
}
