using NetMon.Events;

namespace NetMon.Enrichment.Workloads;

/// <summary>Facts from the labels of a pod's sandbox. Immutable.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Workload">The workload that it belongs to.</param>
/// <param name="Labels">The selected labels, a JSON object; empty if there are none.</param>
internal sealed record PodFacts(PodName Pod, Workload Workload, string Labels)
{
    /// <summary>Returns a container of the pod with these facts.</summary>
    public ContainerIdentity Give(ContainerIdentity container) =>
        container with { Workload = Workload.Name, WorkloadKind = Workload.Kind, PodLabels = Labels };
}
