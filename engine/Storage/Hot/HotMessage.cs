namespace NetMon.Storage.Hot;

/// <summary>The type of a segment's message.</summary>
internal enum HotMessage
{
    /// <summary>No complete message.</summary>
    None,

    /// <summary>A dictionary of containers or of peers.</summary>
    Dictionary,

    /// <summary>A batch of rows.</summary>
    Batch,
}
