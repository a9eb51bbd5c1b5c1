using NetMon.Enrichment.Workloads;
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
    /// Characters of a name that are kept. Kubernetes' are at most 253; but anybody who may start a container may write
    /// megabytes into a label.
    /// </summary>
    public const int LongestName = 256;

    /// <summary>Characters of an image's reference that are kept: its name has at most 255, a tag 128, a digest 71.</summary>
    public const int LongestImage = 512;

    /// <summary>An id is the name of a cgroup, and no file's name is longer (NAME_MAX).</summary>
    public const int LongestId = 255;

    /// <summary>A name that is no longer than any sensible one; null is none.</summary>
    public static string Bounded(string? text) => Cut(text, LongestName);

    /// <summary>A label's value, bounded; empty where it is missing.</summary>
    public static string Label<T>(this IEnumerable<KeyValuePair<string, T>>? labels, string name)
        where T : class? =>
        labels is IDictionary<string, T> lookup && lookup.TryGetValue(name, out var value) ? Bounded(value as string) : "";

    /// <summary>The pod that labels name; its name is empty where they name none.</summary>
    public static PodName Pod<T>(IEnumerable<KeyValuePair<string, T>>? labels)
        where T : class? =>
        new(labels.Label(PodNamespace), labels.Label(PodName), labels.Label(PodUid));

    /// <summary>A container or sandbox by its labels, with what the caller knows better put in place of them.</summary>
    public static ContainerIdentity Identity<T>(string id, IEnumerable<KeyValuePair<string, T>>? labels, string containerName, string image)
        where T : class? =>
        new(
            IdOrNone(id),
            labels.Label(PodName),
            labels.Label(PodNamespace),
            Bounded(containerName),
            labels.Label(PodUid),
            Image(image));

    /// <summary>An id as it is; empty where no cgroup can have it.</summary>
    public static string IdOrNone(string id) => id.Length <= LongestId ? id : "";

    /// <summary>An image's reference, no longer than any sensible one.</summary>
    public static string Image(string? text) => Cut(text, LongestImage);

    private static string Cut(string? text, int longest) =>
        text is null || text.Length <= longest ? text ?? "" : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
}
