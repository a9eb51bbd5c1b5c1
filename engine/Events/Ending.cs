namespace NetMon.Events;

/// <summary>How a connection ended, seen from the record's side. Mirrors <c>enum nm_ending</c>.</summary>
public enum Ending : byte
{
    None = 0,
    FinLocal = 1,
    FinRemote = 2,
    ResetLocal = 3,
    ResetRemote = 4,
    TimedOut = 5,
    Aborted = 6,
    Error = 7,
}
