namespace NetMon.Sources;

/// <summary>Records that the reader of the rings skipped. One thread writes, any thread may read.</summary>
public sealed class ReaderCounters
{
    private long _malformed;

    /// <summary>Records with an invalid length in the ring.</summary>
    public long Malformed => Volatile.Read(ref _malformed);

    internal void CountMalformed() => Volatile.Write(ref _malformed, _malformed + 1);
}
