using NetMon.Enrichment.Runtimes;
using NetMon.Events;

namespace NetMon.Enrichment.Workloads;

/// <summary>Derives workloads and labels from the labels of pods on this node. Immutable and thread-safe.</summary>
/// <param name="Node">The node's name in Kubernetes.</param>
public sealed record PodNaming(string Node)
{
    /// <summary>The labels to add to events.</summary>
    public PodLabelChoice Labels { get; init; } = PodLabelChoice.None;

    /// <summary>Returns the facts of a pod from its sandbox.</summary>
    internal PodFacts Of<T>(PodName pod, IEnumerable<KeyValuePair<string, T>>? labels, IEnumerable<KeyValuePair<string, T>>? annotations)
        where T : class? =>
        new(pod, WorkloadOf(pod, labels, annotations), Labels.Of(labels));

    /// <summary>Guesses the workload of a container whose sandbox is unknown; unchanged if it is not in a pod.</summary>
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
