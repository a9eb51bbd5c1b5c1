using NetMon.Events;

namespace NetMon.Storage.Loss;

/// <summary>The cgroup whose events were lost, and its container if it was known at that time. Null fields: unknown, or not in a container.</summary>
/// <param name="Id">The cgroup id, as in events.</param>
/// <param name="ContainerId">The full container id.</param>
/// <param name="PodName">The pod's name.</param>
/// <param name="PodNamespace">The pod's namespace.</param>
/// <param name="ContainerName">The name in its pod; outside Kubernetes, the runtime's name.</param>
public sealed record LossCgroup(ulong Id, string? ContainerId = null, string? PodName = null, string? PodNamespace = null, string? ContainerName = null)
{
    /// <summary>Makes the cgroup of a container; null container: of the host, or unknown.</summary>
    public static LossCgroup Of(ulong id, ContainerIdentity? container) =>
        new(id, Known(container?.ContainerId), Known(container?.PodName), Known(container?.PodNamespace), Known(container?.ContainerName));

    private static string? Known(string? name) => string.IsNullOrEmpty(name) ? null : name;
}
