namespace NetMon.Events;

/// <summary>What is inexact about a record. Mirrors <c>enum nm_flags</c>.</summary>
[Flags]
public enum RecordFlags : byte
{
    None = 0,

    /// <summary>A CONNECT failed and no hook saw its errno.</summary>
    ErrorUnknown = 1,

    /// <summary>No hook saw accept(): the owner is the process that closed the connection, or else the one that called listen().</summary>
    OwnerInferred = 2,

    /// <summary>The owner of the socket is unknown; pid, uid and name are zero.</summary>
    OwnerUnknown = 4,

    /// <summary>Established before the agent started: the duration counts from the agent's start, the bytes from the connection's.</summary>
    Older = 8,

    /// <summary>The caller requested another destination, which is in the dialed address and port.</summary>
    Dialed = 16,
}
