using NetMon.Enrichment.Pods;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// A container runtime at a socket. It is created unconnected, which can't fail; every call may throw <see cref="RuntimeException"/>, after which this
/// object is disposed and another one created. One call at a time, except that <see cref="FollowAsync"/> may run beside others.
/// </summary>
public interface IContainerRuntime : IDisposable
{
    /// <summary>Connects and requests the version: "containerd 1.6.20". Called first, and once.</summary>
    Task<string> ReadVersionAsync(CancellationToken stop);

    /// <summary>
    /// Returns what the runtime knows of the requested ids, in one call, including ended containers that it still lists and pods' sandboxes; may return
    /// others as well. Without requested ids: everything.
    /// </summary>
    Task<IReadOnlyList<ContainerIdentity>> ListAsync(IReadOnlyCollection<string> wanted, CancellationToken stop);

    /// <summary>
    /// Containers in lists that were left out because there were too many or one was too large. Requested ones are not left out because of their number.
    /// </summary>
    long LeftOut { get; }

    /// <summary>Whether following does not take events from other clients. Known after the version was read.</summary>
    bool CanFollow { get; }

    /// <summary>
    /// Whether lists or events have named sandboxes with addresses that are not known yet. Thread-safe; true before the event that named one is returned.
    /// </summary>
    bool HasPodsToRead { get; }

    /// <summary>Reads the addresses of some of these sandboxes; several calls read all, so that names need not wait.</summary>
    Task<PodNews> ReadPodsAsync(CancellationToken stop);

    /// <summary>Whether addresses could not be read for a possibly temporary reason; <see cref="RetryPods"/> requests them again.</summary>
    bool HasPodsToRetry => false;

    /// <summary>Queues these sandboxes again.</summary>
    void RetryPods()
    {
    }

    /// <summary>
    /// Yields each container when it is created or renamed, with known facts about sandboxes, and the ends of sandboxes; null for any other event. Runs until
    /// stopped or the connection ends.
    /// </summary>
    IAsyncEnumerable<RuntimeNews?> FollowAsync(CancellationToken stop);
}
