namespace NetMon.Storage.Rollups;

/// <summary>A container's names as a roll-up has them; all empty if they are not known. Borrows its texts.</summary>
internal readonly ref struct RollupNames
{
    public ReadOnlySpan<byte> PodName { get; init; }

    public ReadOnlySpan<byte> PodNamespace { get; init; }

    public ReadOnlySpan<byte> ContainerName { get; init; }

    /// <summary>What it is part of.</summary>
    public ReadOnlySpan<byte> Workload { get; init; }

    public ReadOnlySpan<byte> WorkloadKind { get; init; }

    /// <summary>Whether a runtime has named the container.</summary>
    public bool AreKnown => !PodName.IsEmpty || !ContainerName.IsEmpty;
}
