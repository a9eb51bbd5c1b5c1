namespace NetMon.Query.Top;

/// <summary>The sort key of rows, in descending order.</summary>
internal enum TopOrder
{
    /// <summary>Connections opened and accepted.</summary>
    Connections,

    /// <summary>Failed attempts.</summary>
    Failures,

    /// <summary>Payload in both directions.</summary>
    Bytes,

    /// <summary>Mean time from connect() to the established connection.</summary>
    Latency,
}
