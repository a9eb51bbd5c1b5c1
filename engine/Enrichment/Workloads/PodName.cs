namespace NetMon.Enrichment.Workloads;

/// <summary>Which pod it is.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its uid; empty where it is not known.</param>
public readonly record struct PodName(string Namespace, string Name, string Uid = "");
