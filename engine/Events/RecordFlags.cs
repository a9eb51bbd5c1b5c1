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

    /// <summary>Established before the agent was there: the elapsed time counts from then, the bytes from the beginning.</summary>
    Older = 8,
}
