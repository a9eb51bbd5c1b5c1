namespace NetMon.Enrichment.Peers;

/// <summary>What one half of a table holds and had no room for. One thread writes; any may read.</summary>
public sealed class PeerCounters
{
    private long _addresses;
    private long _refused;
    private long _evicted;

    /// <summary>Addresses held, also those that ended a while ago.</summary>
    public long Addresses => Volatile.Read(ref _addresses);

    /// <summary>Addresses for which there was no room.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Claims that went because one address had too many.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    internal void Hold(int addresses) => Volatile.Write(ref _addresses, addresses);

    internal void CountRefused() => Volatile.Write(ref _refused, _refused + 1);

    internal void CountEvicted() => Volatile.Write(ref _evicted, _evicted + 1);
}
