namespace NetMon.Events;

/// <summary>What stands at the start of some bytes of a record stream.</summary>
public enum FrameStatus
{
    /// <summary>A whole record that this build reads.</summary>
    Whole,

    /// <summary>The start of one: more bytes are needed.</summary>
    Partial,

    /// <summary>A whole record of another ABI version: skip it.</summary>
    UnknownVersion,

    /// <summary>No record: skip to the next possible start.</summary>
    Garbled,
}
