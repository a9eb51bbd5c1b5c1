namespace NetMon.Enrichment.Peers;

/// <summary>Statistics of one half of the table of peers. One thread writes; any thread may read.</summary>
public sealed class PeerCounters
{
    private long _addresses;
    private long _refused;
    private long _evicted;

    /// <summary>Addresses held, including recently ended ones.</summary>
    public long Addresses => Volatile.Read(ref _addresses);

    /// <summary>Addresses rejected because the table was full.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Claims evicted because an address had too many.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    internal void Hold(int addresses) => Volatile.Write(ref _addresses, addresses);

    internal void CountRefused() => Volatile.Write(ref _refused, _refused + 1);

    internal void CountEvicted() => Volatile.Write(ref _evicted, _evicted + 1);
}
