namespace NetMon.Events;

/// <summary>Why a connection closed, from the view of the record's end. Mirrors <c>enum nm_reason</c>.</summary>
public enum CloseReason : byte
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
