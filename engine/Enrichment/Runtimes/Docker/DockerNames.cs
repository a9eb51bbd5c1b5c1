using NetMon.Enrichment.Workloads;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>Reads names from messages of the Docker API.</summary>
internal static class DockerNames
{
    private const string KindLabel = "io.kubernetes.docker.type";
    private const string SandboxKind = "podsandbox";
    private const string SandboxName = "POD";
    private const string SandboxId = "io.kubernetes.sandbox.id";
    private const string ComposeProject = "com.docker.compose.project";
    private const string ComposeService = "com.docker.compose.service";
    private const string SwarmService = "com.docker.swarm.service.name";

    /// <summary>
    /// Returns the identity of a container. A pod's container (cri-dockerd, or kubelet until 1.23) is named by its labels; the pod's pause container is its
    /// sandbox, and is added to <paramref name="pods"/>. Null if there is no id.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="name">Its own name.</param>
    /// <param name="image">Its image.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="pods">The connection's sandboxes.</param>
    /// <param name="sandboxId">The sandbox of a pod's container, from which it needs facts; null for others.</param>
    public static ContainerIdentity? Of(string? id, string? name, string? image, Dictionary<string, string?>? labels, PodSandboxes pods, out string? sandboxId)
    {
        sandboxId = null;
        if (string.IsNullOrEmpty(id) || PodLabels.IdOrNone(id).Length == 0)
        {
            return null;
        }

        var inPod = labels.Label(PodLabels.ContainerName);
        var pod = PodLabels.Pod(labels);
        if (labels.Label(KindLabel) == SandboxKind || inPod == SandboxName)
        {
            var facts = pods.Naming.Of(pod, labels, null);
            pods.Add(id, facts);
            return facts.Give(PodLabels.Identity(id, labels, "", image ?? ""));
        }

        var own = inPod.Length > 0 ? inPod : (name ?? "").TrimStart('/');
        var container = PodLabels.Identity(id, labels, own, image ?? "");
        if (pod.Name.Length > 0)
        {
            sandboxId = labels.Label(SandboxId);
            return container;
        }

        var workload = WorkloadOf(labels, container.ContainerName);
        return container with { Workload = workload.Name, WorkloadKind = workload.Kind };
    }

    /// <summary>Returns a container's own name; links from other containers are listed as "/other/alias".</summary>
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

    /// <summary>Returns the workload of a container outside Kubernetes: a Compose or Swarm service, or else itself.</summary>
    public static Workload WorkloadOf(Dictionary<string, string?>? labels, string name)
    {
        if (labels.Label(ComposeService) is { Length: > 0 } service)
        {
            return new Workload($"{labels.Label(ComposeProject)}/{service}", WorkloadKinds.Compose);
        }

        return labels.Label(SwarmService) is { Length: > 0 } swarm ? new Workload(swarm, WorkloadKinds.Service)
            : name.Length > 0 ? new Workload($"container/{name}", "")
            : new Workload("", "");
    }
}
