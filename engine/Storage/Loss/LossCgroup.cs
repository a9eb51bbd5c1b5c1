using NetMon.Events;

namespace NetMon.Storage.Loss;

/// <summary>The cgroup whose events were lost, and its container as far as it was known then; null: not known, or there is none.</summary>
/// <param name="Id">As in the events.</param>
/// <param name="ContainerId">The whole id.</param>
/// <param name="PodName">Of its pod.</param>
/// <param name="PodNamespace">Of its pod.</param>
/// <param name="ContainerName">In its pod, or where there is none as the runtime knows it.</param>
public sealed record LossCgroup(ulong Id, string? ContainerId = null, string? PodName = null, string? PodNamespace = null, string? ContainerName = null)
{
    /// <summary>A cgroup of a container; null: of the host, or not known.</summary>
    public static LossCgroup Of(ulong id, ContainerIdentity? container) =>
        new(id, Known(container?.ContainerId), Known(container?.PodName), Known(container?.PodNamespace), Known(container?.ContainerName));

    private static string? Known(string? name) => string.IsNullOrEmpty(name) ? null : name;
}
