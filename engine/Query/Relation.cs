namespace NetMon.Query;

/// <summary>What the shipped views read (schemas/views.sql): relations that are made anew for each question, of the files that it needs.</summary>
internal enum Relation
{
    /// <summary>All events.</summary>
    Events,

    /// <summary>The rows of roll-up files.</summary>
    Rollups,

    /// <summary>Events of which there is no roll-up.</summary>
    Unrolled,

    /// <summary>How many events of each node and hour there are.</summary>
    Kept,

    /// <summary>What was lost.</summary>
    Loss,

    /// <summary>Whose which address was, by hour.</summary>
    Ownership,

    /// <summary>The same of the hours whose events and sums a question reads, and no others.</summary>
    Holding,
}
