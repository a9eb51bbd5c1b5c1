namespace NetMon.Enrichment.Peers;

/// <summary>A statement by a source that an address had an owner during a time range. Immutable.</summary>
/// <param name="Source">The source: a sandbox, or a Kubernetes object by kind and key. A new claim of a source replaces its previous one.</param>
/// <param name="Pod">The pod that has the address; null if unknown.</param>
/// <param name="Service">The Service that the pod serves, or that has the address itself; null if unknown.</param>
/// <param name="Node">The node that has the address itself, with its zone; null if there is none.</param>
/// <param name="FromUnixNanoseconds">Start; <see cref="long.MinValue"/>: before anything was observed.</param>
/// <param name="UntilUnixNanoseconds">End; <see cref="long.MaxValue"/>: still open.</param>
internal sealed record AddressClaim(
    object Source, PodFacts? Pod, ServiceFacts? Service, NodeFacts? Node, long FromUnixNanoseconds, long UntilUnixNanoseconds = long.MaxValue)
{
    /// <summary>Whether another claim of the same source has the same content.</summary>
    public bool SaysTheSame(AddressClaim other) => Pod == other.Pod && Service == other.Service && Node == other.Node && Ports.AsSpan().SequenceEqual(other.Ports);

    /// <summary>Whether another claim of the same source is for the same pod, if any.</summary>
    public bool IsOfTheSame(AddressClaim other) => Pod is null || other.Pod is null || Pod.IsSamePod(other.Pod);

    /// <summary>Whether it has not ended.</summary>
    public bool IsOpen => UntilUnixNanoseconds == long.MaxValue;

    /// <summary>Whether the address belongs to the Service itself, so that its name applies to every port.</summary>
    public bool IsServicesOwn => Source is (PeerObjectKind.Service, string);

    /// <summary>The ports of <see cref="Service"/> at the address; empty if unknown, or for all ports.</summary>
    public int[] Ports { get; init; } = [];
}
