namespace NetMon.Enrichment.Workloads;

/// <summary>The names that identify a pod.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its uid; empty if unknown.</param>
public readonly record struct PodName(string Namespace, string Name, string Uid = "");
