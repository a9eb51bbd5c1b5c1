namespace NetMon.Events;

/// <summary>What was found at the start of some bytes of a record stream.</summary>
public enum FrameStatus
{
    /// <summary>A complete record that this build reads.</summary>
    Whole,

    /// <summary>The start of a record: more bytes are needed.</summary>
    Partial,

    /// <summary>A complete record of another ABI version, to be skipped.</summary>
    UnknownVersion,

    /// <summary>Not a record: skip to the next possible start.</summary>
    Corrupt,
}
