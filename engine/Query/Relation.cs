namespace NetMon.Query;

/// <summary>The relations that the shipped views read (schemas/views.sql), created for each question over the files that it needs.</summary>
internal enum Relation
{
    /// <summary>All events.</summary>
    Events,

    /// <summary>The rows of roll-up files.</summary>
    Rollups,

    /// <summary>Events that are not in a roll-up.</summary>
    Unrolled,

    /// <summary>The number of events by node and hour.</summary>
    Kept,

    /// <summary>Losses.</summary>
    Loss,

    /// <summary>Owners of addresses, by hour.</summary>
    Ownership,

    /// <summary>Owners of addresses, limited to the hours whose events and sums a question reads.</summary>
    Holding,
}
