using NetMon.Enrichment.Pods;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>What one runtime has told, asked or unasked.</summary>
/// <param name="Endpoint">Which one, by its place among the endpoints.</param>
/// <param name="Found">The containers it told of.</param>
/// <param name="Answered">The ids that it was asked for; those not among the found it doesn't know. Empty when nobody asked.</param>
public sealed record RuntimeReport(int Endpoint, IReadOnlyList<ContainerIdentity> Found, IReadOnlyCollection<string> Answered)
{
    /// <summary>What it told of sandboxes.</summary>
    public PodNews Pods { get; init; } = PodNews.None;

    /// <summary>What it counts for among those that wait.</summary>
    public int Weight => 1 + Found.Count + Pods.Pods.Count;
}
