namespace NetMon.Enrichment;

/// <summary>What the directory holds and did. One thread adds, any may read.</summary>
public sealed class DirectoryCounters
{
    private long _cgroups;
    private long _containers;
    private long _named;
    private long _evicted;
    private long _unknown;
    private long _asked;
    private long _rescans;

    /// <summary>Cgroups held, ended ones included.</summary>
    public long Cgroups => Volatile.Read(ref _cgroups);

    /// <summary>Containers held.</summary>
    public long Containers => Volatile.Read(ref _containers);

    /// <summary>Those of them that a runtime has told of.</summary>
    public long Named => Volatile.Read(ref _named);

    /// <summary>Cgroups and containers let go before their time, because there were too many.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    /// <summary>Cgroups that an event came from before anything had told of them.</summary>
    public long Unknown => Volatile.Read(ref _unknown);

    /// <summary>Asks for a container's names.</summary>
    public long Asked => Volatile.Read(ref _asked);

    /// <summary>How often the tree of cgroups was read anew because one was unknown.</summary>
    public long Rescans => Volatile.Read(ref _rescans);

    internal void Hold(int cgroups, int containers)
    {
        Volatile.Write(ref _cgroups, cgroups);
        Volatile.Write(ref _containers, containers);
    }

    internal void AddNamed(int change) => Volatile.Write(ref _named, _named + change);

    internal void CountEvicted() => Volatile.Write(ref _evicted, _evicted + 1);

    internal void CountUnknown() => Volatile.Write(ref _unknown, _unknown + 1);

    internal void CountAsked() => Volatile.Write(ref _asked, _asked + 1);

    internal void CountRescan() => Volatile.Write(ref _rescans, _rescans + 1);
}
