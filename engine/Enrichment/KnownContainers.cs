using System.Collections.Concurrent;
using NetMon.Enrichment.Cgroups;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;

namespace NetMon.Enrichment;

/// <summary>
/// The containers named by cgroups or runtimes, by full id. Bounded by the number of cgroups in the directory and by
/// <see cref="ContainerDirectoryOptions.MostUnplaced"/>. For the directory's thread, except <see cref="Of"/>.
/// </summary>
internal sealed class KnownContainers(ContainerDirectoryOptions options, NameRequests requests, DirectoryCounters counters)
{
    private readonly ConcurrentDictionary<string, KnownContainer> _containers = new();
    private readonly Queue<string> _unplaced = new();

    public int Count => _containers.Count;

    /// <summary>Returns what is known of a container; null if unknown. Thread-safe.</summary>
    public ContainerIdentity? Of(string containerId) => _containers.TryGetValue(containerId, out var container) ? container.Identity : null;

    /// <summary>Returns the container with this id; null if unknown.</summary>
    public KnownContainer? Find(string containerId) => _containers.GetValueOrDefault(containerId);

    /// <summary>Returns the container in a cgroup's path, and requests its names if they are unknown.</summary>
    /// <param name="path">The container in the cgroup's path.</param>
    /// <param name="now">Milliseconds of the directory's clock.</param>
    public KnownContainer At(ContainerPath path, long now)
    {
        var container = _containers.GetOrAdd(path.ContainerId, id => new KnownContainer(id));
        container.PlaceInPod(path.PodUid);
        if (!container.Identity.IsNamed && container.Unanswered == 0)
        {
            requests.Ask(container, now);
        }

        return container;
    }

    /// <summary>Applies a runtime's report.</summary>
    public void Take(RuntimeReport report)
    {
        foreach (var found in report.Found)
        {
            if (!_containers.TryGetValue(found.ContainerId, out var container))
            {
                container = new KnownContainer(found.ContainerId);
                _containers[found.ContainerId] = container;
                _unplaced.Enqueue(found.ContainerId);
                LimitUnplaced();
            }

            var wasNamed = container.Identity.IsNamed;
            container.Name(found);
            counters.AddNamed((container.Identity.IsNamed ? 1 : 0) - (wasNamed ? 1 : 0));
        }

        foreach (var id in report.Answered)
        {
            if (_containers.TryGetValue(id, out var container))
            {
                container.Unanswered &= ~(1u << report.Endpoint);
            }
        }
    }

    /// <summary>Removes a container without cgroups.</summary>
    public void Forget(KnownContainer container)
    {
        if (_containers.TryRemove(container.Identity.ContainerId, out _) && container.Identity.IsNamed)
        {
            counters.AddNamed(-1);
        }
    }

    /// <summary>Evicts the oldest containers without a cgroup if there are too many.</summary>
    private void LimitUnplaced()
    {
        while (_unplaced.Count > options.MostUnplaced)
        {
            if (_containers.TryGetValue(_unplaced.Dequeue(), out var container) && container.Cgroups == 0)
            {
                counters.CountEvicted();
                Forget(container);
            }
        }
    }
}
