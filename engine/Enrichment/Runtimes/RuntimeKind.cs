namespace NetMon.Enrichment.Runtimes;

/// <summary>The protocol of a runtime's socket.</summary>
public enum RuntimeKind
{
    /// <summary>The Kubernetes Container Runtime Interface, runtime.v1: containerd, CRI-O, cri-dockerd.</summary>
    Cri,

    /// <summary>The Docker Engine API: dockerd, podman.</summary>
    Docker,
}
