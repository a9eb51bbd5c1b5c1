namespace NetMon.Enrichment;

/// <summary>Statistics of the directory. One thread writes, any thread may read.</summary>
public sealed class DirectoryCounters
{
    private long _cgroups;
    private long _containers;
    private long _named;
    private long _evicted;
    private long _unknown;
    private long _asked;
    private long _rescans;
    private long _shortestStay = long.MaxValue;

    /// <summary>The number of cgroups, including ended ones.</summary>
    public long Cgroups => Volatile.Read(ref _cgroups);

    /// <summary>The number of containers.</summary>
    public long Containers => Volatile.Read(ref _containers);

    /// <summary>The number of containers reported by a runtime.</summary>
    public long Named => Volatile.Read(ref _named);

    /// <summary>Cgroups and containers evicted early because there were too many.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    /// <summary>
    /// The shortest time in milliseconds from the end of a cgroup to its eviction; null if none was evicted. A CLOSE later than that has no container.
    /// </summary>
    public long? ShortestStay => Volatile.Read(ref _shortestStay) is var stay && stay == long.MaxValue ? null : stay;

    /// <summary>Cgroups that were unknown when their first event arrived.</summary>
    public long Unknown => Volatile.Read(ref _unknown);

    /// <summary>Requests for a container's names.</summary>
    public long Asked => Volatile.Read(ref _asked);

    /// <summary>Scans of the tree of cgroups because one was unknown.</summary>
    public long Rescans => Volatile.Read(ref _rescans);

    internal void Hold(int cgroups, int containers)
    {
        Volatile.Write(ref _cgroups, cgroups);
        Volatile.Write(ref _containers, containers);
    }

    internal void AddNamed(int change) => Volatile.Write(ref _named, _named + change);

    internal void CountEvicted() => Volatile.Write(ref _evicted, _evicted + 1);

    /// <summary>Counts an eviction, this many milliseconds after the cgroup's end.</summary>
    internal void CountEvicted(long stay)
    {
        CountEvicted();
        Volatile.Write(ref _shortestStay, Math.Min(stay, _shortestStay));
    }

    internal void CountUnknown() => Volatile.Write(ref _unknown, _unknown + 1);

    internal void CountAsked() => Volatile.Write(ref _asked, _asked + 1);

    internal void CountRescan() => Volatile.Write(ref _rescans, _rescans + 1);
}
