namespace NetMon.Sources;

/// <summary>What the reader of the rings left out. One thread adds, any may read.</summary>
public sealed class ReaderCounters
{
    private long _misshapen;

    /// <summary>Records whose length in the ring was not that of any record.</summary>
    public long Misshapen => Volatile.Read(ref _misshapen);

    internal void CountMisshapen() => Volatile.Write(ref _misshapen, _misshapen + 1);
}
