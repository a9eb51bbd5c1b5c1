namespace NetMon.Query.Top;

/// <summary>What rows are sorted by, the largest first.</summary>
internal enum TopOrder
{
    /// <summary>Connections opened and accepted.</summary>
    Connections,

    /// <summary>Attempts that came to nothing.</summary>
    Failures,

    /// <summary>Payload both ways.</summary>
    Bytes,

    /// <summary>From connect() to the established connection, on average.</summary>
    Latency,
}
