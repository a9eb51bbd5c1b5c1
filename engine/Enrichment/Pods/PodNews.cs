namespace NetMon.Enrichment.Pods;

/// <summary>What one runtime reports of sandboxes. Immutable.</summary>
/// <param name="Pods">Those whose addresses are known now.</param>
/// <param name="Ended">Those that have ended.</param>
/// <param name="Present">The ids of all that are there; null where the report is not of all.</param>
public sealed record PodNews(IReadOnlyList<PodAddresses> Pods, IReadOnlyList<PodEnd> Ended, IReadOnlySet<string>? Present = null)
{
    /// <summary>Nothing.</summary>
    public static readonly PodNews None = new([], []);

    /// <summary>Whether it says nothing.</summary>
    public bool IsEmpty => Pods.Count == 0 && Ended.Count == 0 && Present is null;
}
