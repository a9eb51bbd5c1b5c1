namespace NetMon.Sources.Synthetic;

/// <summary>Options of the synthetic source.</summary>
public sealed record SyntheticSourceOptions
{
    /// <summary>Events per second; null: as fast as the pipeline accepts them, without loss.</summary>
    public long? Rate { get; init; }

    /// <summary>The number of events after which the source ends; null: no end.</summary>
    public long? Count { get; init; }

    /// <summary>The same seed generates the same events, apart from their times.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The number of containers at any time; 0: all processes are the host's.</summary>
    public int Containers { get; init; } = 200;

    /// <summary>The number of containers that start, and that end, per second.</summary>
    public double ContainerStartsPerSecond { get; init; }

    /// <summary>The number of events, up to 65,535, after which an open connection has a FLOW, repeatedly; 0: never.</summary>
    public int FlowAfter { get; init; }

    /// <summary>How far its wall clock is ahead of the machine's, so that a test can choose when an hour ends.</summary>
    public TimeSpan Ahead { get; init; }

    /// <summary>The speed of its wall clock relative to the machine's, 1 to 10,000, so that hours end sooner.</summary>
    public int Speed { get; init; } = 1;

    /// <summary>
    /// The node's number, from 1, among <see cref="SyntheticPods.Nodes"/> nodes with the same workloads, which call each other's pods: its containers
    /// have names. Null: a single node without names.
    /// </summary>
    public int? Node { get; init; }

    /// <summary>The number of rings.</summary>
    public int Rings { get; init; } = 2;

    /// <summary>The total size of the rings in bytes.</summary>
    public int RingBytes { get; init; } = 8 * 1024 * 1024;
}
