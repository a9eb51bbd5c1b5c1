namespace NetMon.Events;

/// <summary>What a record says. Mirrors <c>enum nm_kind</c> of <c>schemas/record.h</c>.</summary>
public enum RecordKind : byte
{
    None = 0,
    Connect = 1,
    Accept = 2,
    Close = 3,

    /// <summary>A connection that is still open: its totals so far.</summary>
    Flow = 4,

    /// <summary>A <see cref="CgroupRecord"/>: there is such a cgroup.</summary>
    CgroupMade = 8,

    /// <summary>A <see cref="CgroupRecord"/>: its directory is gone; sockets may outlive it.</summary>
    CgroupRemoved = 9,

    /// <summary>A <see cref="TickRecord"/>: written by the reader, never by the kernel.</summary>
    Tick = 16,
}
