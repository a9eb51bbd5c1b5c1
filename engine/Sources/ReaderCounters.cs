namespace NetMon.Sources;

/// <summary>Records that the reader of the rings skipped. One thread writes, any thread may read.</summary>
public sealed class ReaderCounters
{
    private long _misshapen;

    /// <summary>Records with an invalid length in the ring.</summary>
    public long Misshapen => Volatile.Read(ref _misshapen);

    internal void CountMisshapen() => Volatile.Write(ref _misshapen, _misshapen + 1);
}
