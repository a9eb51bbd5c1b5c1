namespace NetMon.Enrichment;

/// <summary>Limits of the directory.</summary>
public sealed record ContainerDirectoryOptions
{
    /// <summary>
    /// How long an ended cgroup is kept. The last CLOSE of its sockets may come long after its end: FIN_WAIT2 lasts a minute, retransmissions of an orphan
    /// some minutes.
    /// </summary>
    public TimeSpan KeepEnded { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The maximum number of cgroups; ended ones are evicted first.</summary>
    public int MostCgroups { get; init; } = 65_536;

    /// <summary>The maximum number of ended cgroups; the one that ended first is evicted first.</summary>
    public int MostEnded { get; init; } = 8_192;

    /// <summary>The maximum number of containers reported by a runtime without a cgroup here; the one reported first is evicted first.</summary>
    public int MostUnplaced { get; init; } = 8_192;

    /// <summary>The first pause before a container's names are requested again; it doubles up to <see cref="LongestPause"/>.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest such pause; requests are repeated indefinitely.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The minimum time between two scans of the tree of cgroups; doubles up to 64-fold while they find nothing.</summary>
    public TimeSpan RescanPause { get; init; } = TimeSpan.FromSeconds(1);
}
