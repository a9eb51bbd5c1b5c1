namespace NetMon.Events;

/// <summary>The kind of a record. Mirrors <c>enum nm_kind</c> of <c>schemas/record.h</c>.</summary>
public enum RecordKind : byte
{
    None = 0,
    Connect = 1,
    Accept = 2,
    Close = 3,

    /// <summary>The totals so far of a connection that is still open.</summary>
    Flow = 4,

    /// <summary>A <see cref="CgroupRecord"/>: the cgroup exists.</summary>
    CgroupMade = 8,

    /// <summary>A <see cref="CgroupRecord"/>: its directory was removed; sockets may outlive it.</summary>
    CgroupRemoved = 9,

    /// <summary>A <see cref="TickRecord"/>, the watermark, written by the reader and never by the kernel.</summary>
    Tick = 16,
}
