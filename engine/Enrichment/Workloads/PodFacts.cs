using NetMon.Events;

namespace NetMon.Enrichment.Workloads;

/// <summary>What the labels of a pod's sandbox say. Immutable.</summary>
/// <param name="Pod">Which pod.</param>
/// <param name="Workload">What it is part of.</param>
/// <param name="Labels">The chosen labels, a JSON object; empty where none of them is there.</param>
internal sealed record PodFacts(PodName Pod, Workload Workload, string Labels)
{
    /// <summary>A container of the pod with these facts.</summary>
    public ContainerIdentity Give(ContainerIdentity container) =>
        container with { Workload = Workload.Name, WorkloadKind = Workload.Kind, PodLabels = Labels };
}
