using NetMon.Events;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>Names out of the Docker API's messages.</summary>
internal static class DockerNames
{
    private const string KindLabel = "io.kubernetes.docker.type";
    private const string SandboxKind = "podsandbox";
    private const string SandboxName = "POD";

    /// <summary>
    /// A container by id, its own name, image and labels. A pod's (cri-dockerd, or kubelet until 1.23) is named by its
    /// labels; the pod's pause container is its sandbox. Null when there is no id.
    /// </summary>
    public static ContainerIdentity? Of(string? id, string? name, string? image, Dictionary<string, string?>? labels)
    {
        if (string.IsNullOrEmpty(id) || PodLabels.IdOrNone(id).Length == 0)
        {
            return null;
        }

        var inPod = labels.Label(PodLabels.ContainerName);
        if (labels.Label(KindLabel) == SandboxKind || inPod == SandboxName)
        {
            return PodLabels.Identity(id, labels, "", image ?? "");
        }

        return PodLabels.Identity(id, labels, inPod.Length > 0 ? inPod : (name ?? "").TrimStart('/'), image ?? "");
    }

    /// <summary>A container's own name among its names: links of other containers to it are "/other/alias".</summary>
    public static string? Own(List<string?>? names)
    {
        foreach (var name in names ?? [])
        {
            if (name?.LastIndexOf('/') <= 0)
            {
                return name;
            }
        }

        return names?.FirstOrDefault();
    }
}
