namespace NetMon.Events;

/// <summary>
/// A container's names, or a unit of the node's systemd. Immutable and shared by every event of it, so that sinks may render it once.
/// A name is empty where it is not known, or where there is none (a container outside Kubernetes has no pod).
/// </summary>
/// <param name="ContainerId">The whole id, as the runtime gives it: 64 hexadecimal digits with every current one. Empty for a unit, which has a workload and no other names.</param>
/// <param name="PodName">Of its pod.</param>
/// <param name="PodNamespace">Of its pod.</param>
/// <param name="ContainerName">In its pod; outside Kubernetes the name that the runtime knows it by. Empty for a pod's sandbox.</param>
/// <param name="PodUid">Of its pod, with dashes; a static pod's is a hash without.</param>
/// <param name="Image">What it was started from, as its runtime says: a reference, or a digest where that is all it knows.</param>
/// <param name="Workload">What it is part of, as <see cref="Events.Workload.Name"/>.</param>
/// <param name="WorkloadKind">One of <see cref="WorkloadKinds"/>.</param>
/// <param name="PodLabels">The chosen labels of its pod, a JSON object.</param>
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
    /// <summary>How much of the id the JSON line shows.</summary>
    public const int ShortIdLength = 12;

    /// <summary>Whether it is a container, and not a unit of the node.</summary>
    public bool IsContainer => ContainerId.Length > 0;

    /// <summary>True when a runtime has told of it.</summary>
    public bool IsNamed => PodName.Length > 0 || ContainerName.Length > 0;
}
