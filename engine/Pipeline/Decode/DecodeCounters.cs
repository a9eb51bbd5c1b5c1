namespace NetMon.Pipeline.Decode;

/// <summary>What the decoder decoded and skipped. One thread writes, any thread may read.</summary>
public sealed class DecodeCounters
{
    private long _events;
    private long _corruptRuns;
    private long _corruptBytes;
    private long _unknownVersion;

    /// <summary>Records that became events.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>Runs of bytes that are not valid records; each is at least one lost record.</summary>
    public long CorruptRuns => Volatile.Read(ref _corruptRuns);

    /// <summary>The bytes of those runs.</summary>
    public long CorruptBytes => Volatile.Read(ref _corruptBytes);

    /// <summary>Complete records of an ABI version that this build does not support.</summary>
    public long UnknownVersion => Volatile.Read(ref _unknownVersion);

    internal void CountEvent() => Volatile.Write(ref _events, _events + 1);

    internal void CountUnknownVersion() => Volatile.Write(ref _unknownVersion, _unknownVersion + 1);

    internal void CountCorrupt(long bytes, bool startsRun)
    {
        Volatile.Write(ref _corruptBytes, _corruptBytes + bytes);
        Volatile.Write(ref _corruptRuns, _corruptRuns + (startsRun ? 1 : 0));
    }
}
