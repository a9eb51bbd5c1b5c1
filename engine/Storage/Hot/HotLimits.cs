namespace NetMon.Storage.Hot;

/// <summary>Limits of a segment. A reader rejects anything beyond them, so that corrupt input can't make it allocate excessive memory.</summary>
internal static class HotLimits
{
    /// <summary>Rows of a batch: 0.75 MiB.</summary>
    public const int BatchRows = 4096;

    /// <summary>Entries of the dictionary of containers. When full, it is refilled with the containers in use.</summary>
    public const int Containers = 256;

    /// <summary>Entries of the dictionary of peers: as many as a batch has rows, because a node may have more peers than containers.</summary>
    public const int Peers = BatchRows;

    /// <summary>UTF-8 bytes of one text of a dictionary; longer texts are truncated.</summary>
    public const int TextBytes = 4096;

    /// <summary>UTF-8 bytes of all texts of a dictionary.</summary>
    public const int DictionaryBytes = 1 << 20;

    /// <summary>Bytes of the schema message.</summary>
    public const int SchemaBytes = 16 << 10;

    /// <summary>The maximum size of a segment in bytes.</summary>
    public const long SegmentBytes = 64L << 20;
}
