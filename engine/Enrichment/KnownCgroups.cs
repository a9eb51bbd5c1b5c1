using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using NetMon.Enrichment.Cgroups;
using NetMon.Enrichment.Pods;

namespace NetMon.Enrichment;

/// <summary>
/// The cgroups that events may refer to, including ended ones for a while. Bounded by <see cref="ContainerDirectoryOptions.MostCgroups"/> and
/// <see cref="ContainerDirectoryOptions.MostEnded"/>. For the directory's thread, except <see cref="TryFind"/>.
/// </summary>
internal sealed class KnownCgroups(ContainerDirectoryOptions options, KnownContainers containers, KnownPods pods, DirectoryCounters counters)
{
    private readonly ConcurrentDictionary<ulong, Cgroup> _cgroups = new(concurrencyLevel: 1, capacity: 64);
    private readonly KnownUnits _units = new();
    private readonly Queue<(ulong Id, Cgroup Cgroup, long Until)> _ended = new();

    /// <summary>Returns what is known of a cgroup. Thread-safe.</summary>
    public bool TryFind(ulong cgroupId, [NotNullWhen(true)] out Cgroup? cgroup) => _cgroups.TryGetValue(cgroupId, out cgroup);

    /// <summary>Adds the cgroup of an event that no record has reported.</summary>
    public Cgroup AddUnknown(ulong cgroupId, long now)
    {
        var cgroup = new Cgroup(hasPath: false, [], null, now);
        Hold(cgroupId, cgroup);
        Expire(cgroupId, cgroup, now);
        return cgroup;
    }

    /// <summary>Sets the path of a cgroup. True if it had events before.</summary>
    /// <param name="cgroupId">The cgroup.</param>
    /// <param name="path">Its path.</param>
    /// <param name="now">Milliseconds of the directory's clock.</param>
    /// <param name="unixNanoseconds">When it was created or found; 0: unknown.</param>
    public bool Place(ulong cgroupId, ReadOnlySpan<byte> path, long now, long unixNanoseconds)
    {
        var isFound = false;
        if (_cgroups.TryGetValue(cgroupId, out var present))
        {
            if (present is { HasPath: true, HasEnded: false })
            {
                return false; // reported again, by a scan of the tree
            }

            isFound = !present.HasPath;
            Release(present); // its id is reused, or it was unknown; the queue of ended cgroups will find it replaced
        }
        else if (_cgroups.Count >= options.MostCgroups)
        {
            if (_ended.Count == 0)
            {
                counters.CountEvicted();
                return false;
            }

            LetGoOfOldest(early: true, now);
        }

        var paths = CgroupPath.Containers(path);
        var within = paths.Length == 0 ? [] : Array.ConvertAll(paths, place => containers.At(place, now));
        foreach (var container in within)
        {
            container.Cgroups++;
            if (container.LiveCgroups++ == 0)
            {
                (container.MadeUnixNanoseconds, container.EndedUnixNanoseconds) = (unixNanoseconds, 0);
                pods.BeginOfCgroups(container.Identity.ContainerId);
            }
        }

        Hold(cgroupId, new Cgroup(hasPath: true, within, within.Length == 0 ? _units.Of(CgroupPath.Unit(path)) : null, now));
        return isFound;
    }

    /// <summary>Records the removal of a cgroup.</summary>
    /// <param name="cgroupId">The cgroup.</param>
    /// <param name="now">Milliseconds of the directory's clock.</param>
    /// <param name="unixNanoseconds">When it was removed; 0: unknown.</param>
    public void End(ulong cgroupId, long now, long unixNanoseconds)
    {
        if (_cgroups.TryGetValue(cgroupId, out var cgroup) && !cgroup.HasEnded)
        {
            Expire(cgroupId, cgroup, now);
            EndWithin(cgroup, unixNanoseconds);
        }
    }

    /// <summary>Removes what ended long ago, and evicts what exceeds the limits.</summary>
    public void LetGo(long now)
    {
        while (_ended.TryPeek(out var oldest) && (now >= oldest.Until || _ended.Count > options.MostEnded))
        {
            LetGoOfOldest(early: now < oldest.Until, now);
        }
    }

    /// <summary>Updates the counters of what is held.</summary>
    public void CountHeld() => counters.Hold(_cgroups.Count, containers.Count);

    private void Expire(ulong cgroupId, Cgroup cgroup, long now)
    {
        cgroup.HasEnded = true;
        _ended.Enqueue((cgroupId, cgroup, now + (long)options.KeepEnded.TotalMilliseconds));
    }

    private void LetGoOfOldest(bool early, long now)
    {
        var (id, cgroup, until) = _ended.Dequeue();
        if (_cgroups.TryGetValue(id, out var present) && present == cgroup)
        {
            if (early)
            {
                counters.CountEvicted(now - (until - (long)options.KeepEnded.TotalMilliseconds));
            }

            _cgroups.TryRemove(id, out _);
            Release(cgroup);
            CountHeld();
        }
    }

    private void Hold(ulong cgroupId, Cgroup cgroup)
    {
        _cgroups[cgroupId] = cgroup;
        CountHeld();
    }

    private void Release(Cgroup cgroup)
    {
        if (!cgroup.HasEnded)
        {
            EndWithin(cgroup, unixNanoseconds: 0);
        }

        foreach (var container in cgroup.Containers)
        {
            if (--container.Cgroups == 0)
            {
                containers.Forget(container);
            }
        }
    }

    private void EndWithin(Cgroup cgroup, long unixNanoseconds)
    {
        foreach (var container in cgroup.Containers)
        {
            if (--container.LiveCgroups == 0)
            {
                container.EndedUnixNanoseconds = unixNanoseconds;
                pods.EndOfCgroups(container.Identity.ContainerId, unixNanoseconds);
            }
        }
    }
}
