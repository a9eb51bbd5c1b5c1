using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>Names by the labels that kubelet gives every container and sandbox, whatever the runtime (kubelet's types/labels.go).</summary>
internal static class PodLabels
{
    /// <summary>The container's name in its pod.</summary>
    public const string ContainerName = "io.kubernetes.container.name";

    /// <summary>The pod's name.</summary>
    public const string PodName = "io.kubernetes.pod.name";

    /// <summary>The pod's namespace.</summary>
    public const string PodNamespace = "io.kubernetes.pod.namespace";

    /// <summary>The pod's uid.</summary>
    public const string PodUid = "io.kubernetes.pod.uid";

    /// <summary>
    /// Characters of a name that are kept. Kubernetes' are at most 253, an image reference some more; but anybody who
    /// may start a container may write megabytes into a label.
    /// </summary>
    public const int LongestText = 1024;

    /// <summary>A name that is no longer than any sensible one; null is none.</summary>
    public static string Bounded(string? text) => text is null ? "" : text.Length <= LongestText ? text : text[..LongestText];

    /// <summary>A label's value, bounded; empty where it is missing.</summary>
    public static string Label<T>(this IEnumerable<KeyValuePair<string, T>>? labels, string name)
        where T : class? =>
        labels is IDictionary<string, T> lookup && lookup.TryGetValue(name, out var value) ? Bounded(value as string) : "";

    /// <summary>A container or sandbox by its labels, with what the caller knows better put in place of them.</summary>
    public static ContainerIdentity Identity<T>(string id, IEnumerable<KeyValuePair<string, T>>? labels, string containerName, string image)
        where T : class? =>
        new(
            Bounded(id),
            labels.Label(PodName),
            labels.Label(PodNamespace),
            Bounded(containerName),
            labels.Label(PodUid),
            Bounded(image));
}
