using System.Collections.Concurrent;
using NetMon.Enrichment.Cgroups;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;

namespace NetMon.Enrichment;

/// <summary>
/// From a cgroup's id to the container that it is in. Learns of cgroups from the event stream itself, where the kernel
/// tells of each before anybody is in it, and of names from the runtimes. Bounded. One thread uses it; only
/// <see cref="Of"/> may be called from any.
/// </summary>
public sealed class ContainerDirectory
{
    private readonly ContainerDirectoryOptions _options;
    private readonly INameSource _names;
    private readonly RuntimeReports _reports;
    private readonly Action _rescan;
    private readonly TimeProvider _time;
    private readonly Dictionary<ulong, Cgroup> _cgroups = [];
    private readonly ConcurrentDictionary<string, KnownContainer> _containers = new();
    private readonly Queue<(ulong Id, Cgroup Cgroup, long Until)> _ended = new();
    private readonly Queue<string> _unplaced = new();
    private readonly List<KnownContainer> _nameless = [];
    private long _nextRound;
    private long _nextRescan;
    private int _vainRescans;

    /// <param name="options">Bounds and pauses.</param>
    /// <param name="names">Whom to ask.</param>
    /// <param name="reports">The answers; nobody else takes them.</param>
    /// <param name="rescan">Has the source tell again of every cgroup that there is; returns at once.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public ContainerDirectory(ContainerDirectoryOptions options, INameSource names, RuntimeReports reports, Action rescan, TimeProvider? time = null) =>
        (_options, _names, _reports, _rescan, _time) = (options, names, reports, rescan, time ?? TimeProvider.System);

    /// <summary>What it holds and did.</summary>
    public DirectoryCounters Counters { get; } = new();

    private long Now => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>What is known of a container, by its whole id; null where nothing is.</summary>
    public ContainerIdentity? Of(string containerId) => _containers.TryGetValue(containerId, out var container) ? container.Identity : null;

    /// <summary>Takes in a cgroup that was made or removed.</summary>
    public void Learn(in CgroupRecord record)
    {
        if (record.Kind == RecordKind.CgroupRemoved)
        {
            End(record.CgroupId);
            return;
        }

        ReadOnlySpan<byte> path = record.Path;
        var end = path.IndexOf((byte)0);
        Place(record.CgroupId, CgroupPath.Containers(end < 0 ? path : path[..end]));
    }

    /// <summary>
    /// Puts its container's identity into each event; one of a process of the host gets none. False when waiting may
    /// still bring a name, or the cgroup itself.
    /// </summary>
    public bool Name(Span<ConnectionEvent> events)
    {
        var answering = _names.Answering;
        var settled = true;
        var lastId = 0ul;
        ContainerIdentity? identity = null;
        foreach (ref var e in events)
        {
            var id = e.Record.Owner.CgroupId;
            if (id != lastId)
            {
                (lastId, identity) = (id, null);
                if (id != 0)
                {
                    settled &= TryFind(id, answering, out identity);
                }
            }

            e.Container = identity;
        }

        return settled;
    }

    /// <summary>
    /// Takes in what the runtimes have told since, lets go of what has ended long ago, and asks again where it is time.
    /// True when a runtime has told anything.
    /// </summary>
    public bool TakeNews()
    {
        var any = false;
        while (_reports.TryTake(out var report))
        {
            Take(report);
            any = true;
        }

        var now = Now;
        while (_ended.TryPeek(out var oldest) && (now >= oldest.Until || _ended.Count > _options.MostEnded))
        {
            LetGoOfOldest(early: now < oldest.Until);
        }

        if (_nameless.Count > 0 && now >= _nextRound)
        {
            _nextRound = now + (long)_options.FirstPause.TotalMilliseconds;
            AskAgain(now);
        }

        return any;
    }

    /// <summary>False when waiting may still bring more than is known now.</summary>
    private bool TryFind(ulong cgroupId, uint answering, out ContainerIdentity? identity)
    {
        if (!_cgroups.TryGetValue(cgroupId, out var cgroup))
        {
            cgroup = new Cgroup(hasPath: false, [], Now);
            Hold(cgroupId, cgroup);
            Expire(cgroupId, cgroup);
            Counters.CountUnknown();
        }

        var container = cgroup.Container;
        identity = container?.Identity;
        return cgroup.HasPath
            ? container is null || container.Identity.IsNamed || (container.Owed & answering) == 0
            : !IsBeingLookedFor(cgroup);
    }

    /// <summary>An event came from a cgroup that nothing has told of: its record was lost, or the first reading of the tree is under way.</summary>
    private bool IsBeingLookedFor(Cgroup cgroup)
    {
        var now = Now;
        if (now >= _nextRescan)
        {
            _nextRescan = now + ((long)_options.RescanPause.TotalMilliseconds << Math.Min(_vainRescans++, 6));
            Counters.CountRescan();
            _rescan();
        }

        return now - cgroup.SinceMilliseconds < _options.RescanPause.TotalMilliseconds;
    }

    private void Place(ulong cgroupId, ContainerPath[] paths)
    {
        if (_cgroups.TryGetValue(cgroupId, out var present))
        {
            if (present is { HasPath: true, HasEnded: false })
            {
                return; // told of again, by a reading of the tree
            }

            _vainRescans = present.HasPath ? _vainRescans : 0;
            Release(present); // its id is used anew, or was not known; its turn among the ended will find it replaced
        }
        else if (_cgroups.Count >= _options.MostCgroups)
        {
            if (_ended.Count == 0)
            {
                Counters.CountEvicted();
                return;
            }

            LetGoOfOldest(early: true);
        }

        var containers = paths.Length == 0 ? [] : Array.ConvertAll(paths, ContainerOf);
        foreach (var container in containers)
        {
            container.Cgroups++;
        }

        Hold(cgroupId, new Cgroup(hasPath: true, containers, Now));
    }

    private KnownContainer ContainerOf(ContainerPath path)
    {
        var container = _containers.GetOrAdd(path.ContainerId, id => new KnownContainer(id));
        container.PlaceInPod(path.PodUid);
        if (!container.Identity.IsNamed && container.Owed == 0)
        {
            Ask(container);
        }

        return container;
    }

    /// <summary>Asks, and says when to ask again: doubling, with a fifth of jitter, so that nodes don't ask in step.</summary>
    private void Ask(KnownContainer container)
    {
        container.Owed = _names.Present;
        if (container.Owed != 0)
        {
            Counters.CountAsked();
            _names.Ask(container.Identity.ContainerId);
        }

        var pause = _options.FirstPause * Math.Pow(2, Math.Min(container.Attempts++, 20));
        pause = pause < _options.LongestPause ? pause : _options.LongestPause;
        container.AskAgain = Now + (long)(pause.TotalMilliseconds * (0.8 + 0.4 * Random.Shared.NextDouble()));
        if (!container.IsInRound)
        {
            container.IsInRound = true;
            _nameless.Add(container);
        }
    }

    private void AskAgain(long now)
    {
        for (var i = _nameless.Count - 1; i >= 0; i--)
        {
            var container = _nameless[i];
            if (container.Identity.IsNamed || container.Cgroups == 0)
            {
                container.IsInRound = false;
                _nameless[i] = _nameless[^1];
                _nameless.RemoveAt(_nameless.Count - 1);
            }
            else if (now >= container.AskAgain)
            {
                Ask(container);
            }
        }
    }

    private void Take(RuntimeReport report)
    {
        foreach (var told in report.Found)
        {
            if (!_containers.TryGetValue(told.ContainerId, out var container))
            {
                container = new KnownContainer(told.ContainerId);
                _containers[told.ContainerId] = container;
                _unplaced.Enqueue(told.ContainerId);
                LimitUnplaced();
            }

            var wasNamed = container.Identity.IsNamed;
            container.Name(told);
            Counters.AddNamed((container.Identity.IsNamed ? 1 : 0) - (wasNamed ? 1 : 0));
        }

        foreach (var id in report.Answered)
        {
            if (_containers.TryGetValue(id, out var container))
            {
                container.Owed &= ~(1u << report.Endpoint);
            }
        }

        CountHeld();
    }

    private void End(ulong cgroupId)
    {
        if (_cgroups.TryGetValue(cgroupId, out var cgroup) && !cgroup.HasEnded)
        {
            Expire(cgroupId, cgroup);
        }
    }

    private void Expire(ulong cgroupId, Cgroup cgroup)
    {
        cgroup.HasEnded = true;
        _ended.Enqueue((cgroupId, cgroup, Now + (long)_options.KeepEnded.TotalMilliseconds));
    }

    private void LetGoOfOldest(bool early)
    {
        var (id, cgroup, until) = _ended.Dequeue();
        if (_cgroups.TryGetValue(id, out var present) && present == cgroup)
        {
            if (early)
            {
                Counters.CountEvicted(Now - (until - (long)_options.KeepEnded.TotalMilliseconds));
            }

            _cgroups.Remove(id);
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
        foreach (var container in cgroup.Containers)
        {
            if (--container.Cgroups == 0)
            {
                Forget(container);
            }
        }
    }

    private void LimitUnplaced()
    {
        while (_unplaced.Count > _options.MostUnplaced)
        {
            if (_containers.TryGetValue(_unplaced.Dequeue(), out var container) && container.Cgroups == 0)
            {
                Counters.CountEvicted();
                Forget(container);
            }
        }
    }

    private void Forget(KnownContainer container)
    {
        if (_containers.TryRemove(container.Identity.ContainerId, out _) && container.Identity.IsNamed)
        {
            Counters.AddNamed(-1);
        }
    }

    private void CountHeld() => Counters.Hold(_cgroups.Count, _containers.Count);
}
