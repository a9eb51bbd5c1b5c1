namespace NetMon.Enrichment.Peers;

/// <summary>A node. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Zone">Its zone; empty if it is not known.</param>
public sealed record NodeFacts(string Name, string Zone);
