namespace NetMon.Enrichment.Pods;

/// <summary>The end of a sandbox or container.</summary>
/// <param name="Id">Its id; its addresses may not have been reported.</param>
/// <param name="UnixNanoseconds">When it ended.</param>
public readonly record struct PodEnd(string Id, long UnixNanoseconds);
