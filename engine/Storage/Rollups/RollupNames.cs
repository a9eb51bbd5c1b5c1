namespace NetMon.Storage.Rollups;

/// <summary>A container's names as a roll-up has them; all empty if they are not known. Borrows its texts.</summary>
internal readonly ref struct RollupNames
{
    public ReadOnlySpan<byte> PodName { get; init; }

    public ReadOnlySpan<byte> PodNamespace { get; init; }

    public ReadOnlySpan<byte> ContainerName { get; init; }

    /// <summary>Whether a runtime has named the container.</summary>
    public bool AreKnown => !PodName.IsEmpty || !ContainerName.IsEmpty;
}
