using NetMon.Enrichment.Workloads;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>Names from the labels that kubelet sets on every container and sandbox, with any runtime (kubelet's types/labels.go).</summary>
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
    /// The maximum length of a name. Kubernetes names have at most 253 characters, but anyone who may start a container can write megabytes into a label.
    /// </summary>
    public const int LongestName = 256;

    /// <summary>The maximum length of an image's reference: its name has at most 255 characters, a tag 128, a digest 71.</summary>
    public const int LongestImage = 512;

    /// <summary>The maximum length of an id, which is the name of a cgroup directory (NAME_MAX).</summary>
    public const int LongestId = 255;

    /// <summary>Returns a name cut to its maximum length; empty for null.</summary>
    public static string Bounded(string? text) => Cut(text, LongestName);

    /// <summary>Returns a label's value, cut to the maximum length; empty if missing.</summary>
    public static string Label<T>(this IEnumerable<KeyValuePair<string, T>>? labels, string name)
        where T : class? =>
        labels is IDictionary<string, T> lookup && lookup.TryGetValue(name, out var value) ? Bounded(value as string) : "";

    /// <summary>Returns the pod named by labels; its name is empty if there is none.</summary>
    public static PodName Pod<T>(IEnumerable<KeyValuePair<string, T>>? labels)
        where T : class? =>
        new(labels.Label(PodNamespace), labels.Label(PodName), labels.Label(PodUid));

    /// <summary>Returns the identity of a container or sandbox from its labels, with the caller's values taking precedence.</summary>
    public static ContainerIdentity Identity<T>(string id, IEnumerable<KeyValuePair<string, T>>? labels, string containerName, string image)
        where T : class? =>
        new(
            IdOrNone(id),
            labels.Label(PodName),
            labels.Label(PodNamespace),
            Bounded(containerName),
            labels.Label(PodUid),
            Image(image));

    /// <summary>Returns an id; empty if no cgroup can have it.</summary>
    public static string IdOrNone(string id) => id.Length <= LongestId ? id : "";

    /// <summary>Returns an image's reference, cut to its maximum length.</summary>
    public static string Image(string? text) => Cut(text, LongestImage);

    private static string Cut(string? text, int longest) =>
        text is null || text.Length <= longest ? text ?? "" : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
}
