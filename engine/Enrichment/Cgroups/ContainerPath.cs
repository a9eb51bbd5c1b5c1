namespace NetMon.Enrichment.Cgroups;

/// <summary>A container as a cgroup's path names it.</summary>
/// <param name="ContainerId">64 hexadecimal digits.</param>
/// <param name="PodUid">With dashes (a static pod's is 32 hexadecimal digits without); empty outside of Kubernetes.</param>
public readonly record struct ContainerPath(string ContainerId, string PodUid);
