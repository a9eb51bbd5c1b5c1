namespace NetMon.Enrichment.Peers;

/// <summary>A Kubernetes Service. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Namespace">Its namespace.</param>
public sealed record ServiceFacts(string Name, string Namespace);
