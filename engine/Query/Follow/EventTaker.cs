using NetMon.Events;

namespace NetMon.Query.Follow;

/// <summary>Receives an event.</summary>
/// <param name="node">The node of the event.</param>
/// <param name="e">The event.</param>
internal delegate void EventTaker(string node, in ConnectionEvent e);
