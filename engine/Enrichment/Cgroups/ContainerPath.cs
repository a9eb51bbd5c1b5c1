namespace NetMon.Enrichment.Cgroups;

/// <summary>A container in a cgroup's path.</summary>
/// <param name="ContainerId">64 hexadecimal digits.</param>
/// <param name="PodUid">With dashes (for a static pod, 32 hexadecimal digits without); empty outside Kubernetes.</param>
public readonly record struct ContainerPath(string ContainerId, string PodUid);
