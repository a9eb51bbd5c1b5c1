namespace NetMon.Storage.Hot;

/// <summary>A dictionary of the hour that is being written, as used by a segment.</summary>
internal interface IHotDictionary
{
    /// <summary>Incremented with each change. A segment writes a dictionary whose version it lacks before its next batch.</summary>
    int Version { get; }

    /// <summary>The size of its message, in bytes.</summary>
    int MessageLength { get; }

    /// <summary>Writes a message of <see cref="MessageLength"/> bytes.</summary>
    void Write(Span<byte> message);
}
