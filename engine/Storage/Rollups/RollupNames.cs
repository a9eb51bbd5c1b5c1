namespace NetMon.Storage.Rollups;

/// <summary>A container's names in a roll-up; all empty if unknown. Borrows its texts.</summary>
internal readonly ref struct RollupNames
{
    public ReadOnlySpan<byte> PodName { get; init; }

    public ReadOnlySpan<byte> PodNamespace { get; init; }

    public ReadOnlySpan<byte> ContainerName { get; init; }

    /// <summary>The workload that it belongs to.</summary>
    public ReadOnlySpan<byte> Workload { get; init; }

    public ReadOnlySpan<byte> WorkloadKind { get; init; }

    /// <summary>Whether the container's names are known.</summary>
    public bool AreKnown => !PodName.IsEmpty || !ContainerName.IsEmpty;
}
