namespace NetMon.Enrichment.Peers;

/// <summary>A node. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Zone">Its zone; empty if unknown.</param>
public sealed record NodeFacts(string Name, string Zone);
