using NetMon.Events;

namespace NetMon.Query.Follow;

/// <summary>Takes an event.</summary>
/// <param name="node">Whose event it is.</param>
/// <param name="e">The event.</param>
internal delegate void EventTaker(string node, in ConnectionEvent e);
