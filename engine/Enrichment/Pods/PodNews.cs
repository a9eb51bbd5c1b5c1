namespace NetMon.Enrichment.Pods;

/// <summary>A runtime's report about sandboxes. Immutable.</summary>
/// <param name="Pods">Sandboxes with known addresses.</param>
/// <param name="Ended">Sandboxes that have ended.</param>
/// <param name="Present">The ids of all existing sandboxes; null if the report does not cover all.</param>
public sealed record PodNews(IReadOnlyList<PodAddresses> Pods, IReadOnlyList<PodEnd> Ended, IReadOnlySet<string>? Present = null)
{
    /// <summary>An empty report.</summary>
    public static readonly PodNews None = new([], []);

    /// <summary>Whether the report is empty.</summary>
    public bool IsEmpty => Pods.Count == 0 && Ended.Count == 0 && Present is null;
}
