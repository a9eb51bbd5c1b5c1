using NetMon.Enrichment.Pods;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// One container runtime behind one socket. Made unconnected, so making it can't fail; every call may fail with
/// <see cref="RuntimeException"/>, after which this object is disposed of and another one made. One call at a time, but
/// <see cref="FollowAsync"/> may run beside the others.
/// </summary>
public interface IContainerRuntime : IDisposable
{
    /// <summary>Connects and asks what is there: "containerd 1.6.20". Called first, and once.</summary>
    Task<string> ReadVersionAsync(CancellationToken stop);

    /// <summary>
    /// In one call to the runtime: what it knows of the wanted ids, ended containers that it still lists and pods'
    /// sandboxes included; it may tell of others, too. No ids wanted: all that it knows.
    /// </summary>
    Task<IReadOnlyList<ContainerIdentity>> ListAsync(IReadOnlyCollection<string> wanted, CancellationToken stop);

    /// <summary>
    /// Containers that lists had and that were left out, because there were too many of them or one was too large. Those that
    /// are wanted are not left out for their number.
    /// </summary>
    long LeftOut { get; }

    /// <summary>True when following takes no events from anybody else. Known once the version was read.</summary>
    bool CanFollow { get; }

    /// <summary>
    /// Whether lists or events have named sandboxes whose addresses are not known yet. Any thread; true before the event that
    /// named one is returned.
    /// </summary>
    bool HasPodsToRead { get; }

    /// <summary>Reads the addresses of some of those; of all in several calls, so that names need not wait.</summary>
    Task<PodNews> ReadPodsAsync(CancellationToken stop);

    /// <summary>Whether addresses could not be read, for a reason that may pass; <see cref="RetryPods"/> has them read again.</summary>
    bool HasPodsToRetry => false;

    /// <summary>Adds those to what is to be read.</summary>
    void RetryPods()
    {
    }

    /// <summary>
    /// Each container as it is created or renamed, what is known of sandboxes with it, and their ends; null for an event of anything
    /// else. Until stopped or the connection ends.
    /// </summary>
    IAsyncEnumerable<RuntimeNews?> FollowAsync(CancellationToken stop);
}
