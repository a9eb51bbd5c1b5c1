using System.Collections.Concurrent;
using NetMon.Enrichment.Cgroups;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;

namespace NetMon.Enrichment;

/// <summary>
/// The containers that cgroups or runtimes have named, by their whole id. Bounded by the cgroups that the directory keeps and by
/// <see cref="ContainerDirectoryOptions.MostUnplaced"/>. The directory's thread, except <see cref="Of"/>.
/// </summary>
internal sealed class KnownContainers(ContainerDirectoryOptions options, NameRequests requests, DirectoryCounters counters)
{
    private readonly ConcurrentDictionary<string, KnownContainer> _containers = new();
    private readonly Queue<string> _unplaced = new();

    public int Count => _containers.Count;

    /// <summary>What is known of a container; null if nothing is. Any thread.</summary>
    public ContainerIdentity? Of(string containerId) => _containers.TryGetValue(containerId, out var container) ? container.Identity : null;

    /// <summary>The container of this id; null if it is not known.</summary>
    public KnownContainer? Find(string containerId) => _containers.GetValueOrDefault(containerId);

    /// <summary>The container that a cgroup's path names; its names are asked for if they are not known.</summary>
    /// <param name="path">From the cgroup's path.</param>
    /// <param name="now">Milliseconds of the directory's clock.</param>
    public KnownContainer At(ContainerPath path, long now)
    {
        var container = _containers.GetOrAdd(path.ContainerId, id => new KnownContainer(id));
        container.PlaceInPod(path.PodUid);
        if (!container.Identity.IsNamed && container.Owed == 0)
        {
            requests.Ask(container, now);
        }

        return container;
    }

    /// <summary>Takes in what a runtime has reported.</summary>
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
                container.Owed &= ~(1u << report.Endpoint);
            }
        }
    }

    /// <summary>Forgets a container whose last cgroup is gone.</summary>
    public void Forget(KnownContainer container)
    {
        if (_containers.TryRemove(container.Identity.ContainerId, out _) && container.Identity.IsNamed)
        {
            counters.AddNamed(-1);
        }
    }

    /// <summary>Of those that no cgroup belongs to, the oldest goes when there are too many.</summary>
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
