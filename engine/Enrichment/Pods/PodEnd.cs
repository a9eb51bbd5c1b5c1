namespace NetMon.Enrichment.Pods;

/// <summary>A sandbox or a container ended.</summary>
/// <param name="Id">Its id; maybe one whose addresses nobody has reported.</param>
/// <param name="UnixNanoseconds">When.</param>
public readonly record struct PodEnd(string Id, long UnixNanoseconds);
