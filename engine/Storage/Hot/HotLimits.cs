namespace NetMon.Storage.Hot;

/// <summary>What a segment may hold at most. A reader refuses more, so that no garbage makes it ask for memory.</summary>
internal static class HotLimits
{
    /// <summary>Rows of a batch: three quarters of a MiB.</summary>
    public const int BatchRows = 4096;

    /// <summary>Entries of the dictionary of containers. Past that it starts anew with the containers in sight.</summary>
    public const int Containers = 256;

    /// <summary>Entries of the dictionary of peers: as many as a batch has rows, because a node may talk to more peers than it has containers.</summary>
    public const int Peers = BatchRows;

    /// <summary>UTF-8 bytes of one text of a dictionary; what is longer is cut.</summary>
    public const int TextBytes = 4096;

    /// <summary>UTF-8 bytes of all texts of a dictionary.</summary>
    public const int DictionaryBytes = 1 << 20;

    /// <summary>Bytes of the schema message.</summary>
    public const int SchemaBytes = 16 << 10;

    /// <summary>Where a segment ends at the latest and the next begins.</summary>
    public const long SegmentBytes = 64L << 20;
}
