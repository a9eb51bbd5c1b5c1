using NetMon.Enrichment.Pods;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>A report by a runtime, requested or not.</summary>
/// <param name="Endpoint">The runtime's index.</param>
/// <param name="Found">The containers reported.</param>
/// <param name="Answered">The requested ids; the runtime does not know those that were not found. Empty if nothing was requested.</param>
public sealed record RuntimeReport(int Endpoint, IReadOnlyList<ContainerIdentity> Found, IReadOnlyCollection<string> Answered)
{
    /// <summary>Facts about sandboxes.</summary>
    public PodNews Pods { get; init; } = PodNews.None;

    /// <summary>The weight towards the limit of waiting reports.</summary>
    public int Weight => 1 + Found.Count + Pods.Pods.Count;
}
