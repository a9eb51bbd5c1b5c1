namespace NetMon.Enrichment.Peers;

/// <summary>That somebody has an address, from when to when, and who says so. Immutable.</summary>
/// <param name="Source">Who says so: the sandbox, or the Kubernetes object by kind and key. Another claim of it replaces this one.</param>
/// <param name="Pod">The pod that has it; null if none is known.</param>
/// <param name="Service">The Service that the pod serves, or whose own address it is; null if none is known.</param>
/// <param name="Node">The node whose own address it is, with its zone; null if it is none's.</param>
/// <param name="FromUnixNanoseconds">When it began; <see cref="long.MinValue"/>: before anybody looked.</param>
/// <param name="UntilUnixNanoseconds">When it ended; <see cref="long.MaxValue"/>: it has not.</param>
internal sealed record AddressClaim(
    object Source, PodFacts? Pod, ServiceFacts? Service, NodeFacts? Node, long FromUnixNanoseconds, long UntilUnixNanoseconds = long.MaxValue)
{
    /// <summary>Whether another claim of the same source says the same.</summary>
    public bool SaysTheSame(AddressClaim other) => Pod == other.Pod && Service == other.Service && Node == other.Node && Ports.AsSpan().SequenceEqual(other.Ports);

    /// <summary>Whether another claim of the same source is of the same pod, if of one at all.</summary>
    public bool IsOfTheSame(AddressClaim other) => Pod is null || other.Pod is null || Pod.IsSamePod(other.Pod);

    /// <summary>Whether it has not ended.</summary>
    public bool IsOpen => UntilUnixNanoseconds == long.MaxValue;

    /// <summary>Whether the address is the Service's own: then its name is right whatever port is called.</summary>
    public bool IsServicesOwn => Source is (PeerObjectKind.Service, string);

    /// <summary>The ports of <see cref="Service"/> at the address; none where they are not known, or where all are.</summary>
    public int[] Ports { get; init; } = [];
}
