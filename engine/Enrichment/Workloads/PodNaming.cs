using NetMon.Enrichment.Runtimes;
using NetMon.Events;

namespace NetMon.Enrichment.Workloads;

/// <summary>What is made of pods' labels on this node. Immutable; any thread.</summary>
/// <param name="Node">The node's name in Kubernetes.</param>
public sealed record PodNaming(string Node)
{
    /// <summary>The labels that events have.</summary>
    public PodLabelChoice Labels { get; init; } = PodLabelChoice.None;

    /// <summary>What is known of a pod by its sandbox.</summary>
    internal PodFacts Of<T>(PodName pod, IEnumerable<KeyValuePair<string, T>>? labels, IEnumerable<KeyValuePair<string, T>>? annotations)
        where T : class? =>
        new(pod, WorkloadOf(pod, labels, annotations), Labels.Of(labels));

    /// <summary>A container of a pod whose sandbox is not known; as it is where it is in no pod.</summary>
    internal ContainerIdentity Guess(ContainerIdentity container)
    {
        if (container.PodName.Length == 0)
        {
            return container;
        }

        var workload = WorkloadOf<string>(new PodName(container.PodNamespace, container.PodName, container.PodUid), null, null);
        return container with { Workload = workload.Name, WorkloadKind = workload.Kind };
    }

    private Workload WorkloadOf<T>(PodName pod, IEnumerable<KeyValuePair<string, T>>? labels, IEnumerable<KeyValuePair<string, T>>? annotations)
        where T : class? =>
        pod.Name.Length == 0 ? new Workload("", "") : PodWorkload.Of(pod, Node, labels, annotations);
}
