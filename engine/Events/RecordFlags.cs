namespace NetMon.Events;

/// <summary>What is less than exact about a record. Mirrors <c>enum nm_flags</c>.</summary>
[Flags]
public enum RecordFlags : byte
{
    None = 0,

    /// <summary>A CONNECT failed and no hook saw its errno.</summary>
    ErrorUnknown = 1,

    /// <summary>No hook saw accept(): the owner is who closed the connection, or else who called listen().</summary>
    OwnerInferred = 2,

    /// <summary>Nobody is known to own the socket; pid, uid and name are zero.</summary>
    OwnerUnknown = 4,

    /// <summary>Established before the agent started: the duration counts from the agent's start, the bytes from the connection's.</summary>
    Older = 8,

    /// <summary>The caller asked for another destination: the dialed address and port have it.</summary>
    Dialed = 16,
}
