namespace NetMon.Enrichment;

/// <summary>How much the directory holds, and for how long.</summary>
public sealed record ContainerDirectoryOptions
{
    /// <summary>
    /// How long an ended cgroup stays known. Its sockets' last CLOSE may come long after it: FIN_WAIT2 lasts a minute, an
    /// orphan's retransmissions some minutes.
    /// </summary>
    public TimeSpan KeepEnded { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Cgroups at most; the ended ones go first.</summary>
    public int MostCgroups { get; init; } = 65_536;

    /// <summary>Ended cgroups at most; the one that ended first goes first.</summary>
    public int MostEnded { get; init; } = 8_192;

    /// <summary>Containers at most that a runtime told of and that have no cgroup here; the one told of first goes first.</summary>
    public int MostUnplaced { get; init; } = 8_192;

    /// <summary>The first pause before a container without names is asked for again; it doubles up to <see cref="LongestPause"/>.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest such pause: no failure is for ever.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The shortest time between two readings of the tree of cgroups, doubling up to 64 times that while they find nothing.</summary>
    public TimeSpan RescanPause { get; init; } = TimeSpan.FromSeconds(1);
}
