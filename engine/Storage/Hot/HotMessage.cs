namespace NetMon.Storage.Hot;

/// <summary>What a message of a segment is.</summary>
internal enum HotMessage
{
    /// <summary>Nothing whole.</summary>
    None,

    /// <summary>A dictionary: of containers or of peers.</summary>
    Dictionary,

    /// <summary>Rows.</summary>
    Batch,
}
