namespace NetMon.Sources.Synthetic;

/// <summary>What the synthetic source makes.</summary>
public sealed record SyntheticSourceOptions
{
    /// <summary>Events a second; null: as fast as the pipeline takes them, losing none.</summary>
    public long? Rate { get; init; }

    /// <summary>How many events, then the source ends; null: no end.</summary>
    public long? Count { get; init; }

    /// <summary>The same seed makes the same events but for their times.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many containers there are at any time; 0: all processes are the host's own.</summary>
    public int Containers { get; init; } = 200;

    /// <summary>How many containers start, and how many end, in a second.</summary>
    public double ContainerStartsPerSecond { get; init; }

    /// <summary>After how many events, 1 to 65,535, a connection that is still open has a FLOW, and again after as many; 0: none has.</summary>
    public int FlowAfter { get; init; }

    /// <summary>How far its wall clock is ahead of the machine's: so a test sees the end of an hour when it wants to.</summary>
    public TimeSpan Ahead { get; init; }

    /// <summary>How many times faster than the machine's its wall clock goes, 1 to 10,000: so hours end sooner.</summary>
    public int Speed { get; init; } = 1;

    /// <summary>
    /// Which of <see cref="SyntheticPods.Nodes"/> nodes it is, from 1, that have the same workloads and call each other's pods: its containers have
    /// names. Null: a node by itself, without names.
    /// </summary>
    public int? Node { get; init; }

    /// <summary>How many rings.</summary>
    public int Rings { get; init; } = 2;

    /// <summary>Bytes of all rings together.</summary>
    public int RingBytes { get; init; } = 8 * 1024 * 1024;
}
