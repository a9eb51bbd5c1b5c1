namespace NetMon.Events;

/// <summary>
/// A container's names, or a systemd unit of the node. Immutable and shared by all its events, so that sinks can render it once. A name is
/// empty if it is unknown or does not exist (a container outside Kubernetes has no pod).
/// </summary>
/// <param name="ContainerId">The full id, as reported by the runtime: 64 hexadecimal digits with all current runtimes. Empty for a unit, which has only a workload.</param>
/// <param name="PodName">The pod's name.</param>
/// <param name="PodNamespace">The pod's namespace.</param>
/// <param name="ContainerName">The name in its pod; outside Kubernetes, the runtime's name. Empty for a pod's sandbox.</param>
/// <param name="PodUid">The pod's uid, with dashes; for a static pod, a hash without dashes.</param>
/// <param name="Image">The image that it was started from, as reported by the runtime: a reference, or a digest if the runtime knows only that.</param>
/// <param name="Workload">The workload that it belongs to, as in <see cref="Events.Workload.Name"/>.</param>
/// <param name="WorkloadKind">One of <see cref="WorkloadKinds"/>.</param>
/// <param name="PodLabels">The selected labels of its pod, a JSON object.</param>
public sealed record ContainerIdentity(
    string ContainerId,
    string PodName = "",
    string PodNamespace = "",
    string ContainerName = "",
    string PodUid = "",
    string Image = "",
    string Workload = "",
    string WorkloadKind = "",
    string PodLabels = "")
{
    /// <summary>The length of the id in JSON lines.</summary>
    public const int ShortIdLength = 12;

    /// <summary>Whether it is a container rather than a unit of the node.</summary>
    public bool IsContainer => ContainerId.Length > 0;

    /// <summary>Whether a runtime has named it.</summary>
    public bool IsNamed => PodName.Length > 0 || ContainerName.Length > 0;
}
