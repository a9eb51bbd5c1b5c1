namespace NetMon.Storage.Hot;

/// <summary>A dictionary of an hour that is being written, as a segment sees it.</summary>
internal interface IHotDictionary
{
    /// <summary>Raised with each change: a segment that has not this version written needs it before its next batch.</summary>
    int Version { get; }

    /// <summary>Bytes of its message.</summary>
    int MessageLength { get; }

    /// <summary>Writes the message, <see cref="MessageLength"/> bytes.</summary>
    void Write(Span<byte> message);
}
