using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.Foundation;

namespace NetMon.Enrichment;

/// <summary>
/// From a cgroup's id to the container that it is in. Learns of cgroups from the event stream itself, where the kernel
/// tells of each before anybody is in it, and of names from the runtimes. Bounded. One thread uses it; only
/// <see cref="Of(string)"/> and <see cref="Of(ulong)"/> may be called from any.
/// </summary>
public sealed class ContainerDirectory
{
    /// <summary>How many times longer the pause between two readings of the tree gets that find nothing.</summary>
    private const int MostVainRescanPauses = 64;

    private readonly ContainerDirectoryOptions _options;
    private readonly NameRequests _requests;
    private readonly RuntimeReports _reports;
    private readonly Action _rescan;
    private readonly TimeProvider _time;
    private readonly KnownContainers _containers;
    private readonly KnownPods _pods;
    private readonly KnownCgroups _cgroups;
    private readonly BackOff _rescanPause;
    private long _nextRescan;

    /// <param name="options">Bounds and pauses.</param>
    /// <param name="names">Whom to ask.</param>
    /// <param name="reports">The answers; nobody else takes them.</param>
    /// <param name="rescan">Has the source tell again of every cgroup that there is; returns at once.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public ContainerDirectory(ContainerDirectoryOptions options, INameSource names, RuntimeReports reports, Action rescan, TimeProvider? time = null)
    {
        (_options, _reports, _rescan, _time) = (options, reports, rescan, time ?? TimeProvider.System);
        _requests = new NameRequests(options, names, Counters);
        _containers = new KnownContainers(options, _requests, Counters);
        _pods = new KnownPods(_containers, _time);
        _cgroups = new KnownCgroups(options, _containers, _pods, Counters);
        _rescanPause = new BackOff(options.RescanPause, options.RescanPause * MostVainRescanPauses);
    }

    /// <summary>What it holds and did.</summary>
    public DirectoryCounters Counters { get; } = new();

    private long Now => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>
    /// Has a listener called with the beginning, each change and the end of each sandbox with addresses, on the directory's thread,
    /// before events that come after it are named. It must not block. To be called before the first event.
    /// </summary>
    public void OnPod(Action<PodAddresses> listener) => _pods.OnPod(listener);

    /// <summary>What is known of a container, by its whole id; null where nothing is.</summary>
    public ContainerIdentity? Of(string containerId) => _containers.Of(containerId);

    /// <summary>The container that a cgroup is in, as far as it is known; null for one of the host, or that is not known (any more).</summary>
    public ContainerIdentity? Of(ulong cgroupId) => _cgroups.TryFind(cgroupId, out var cgroup) ? cgroup.Container?.Identity : null;

    /// <summary>
    /// Since when a container is there whose names an answering runtime has been asked for: a pod of that time or later may have any
    /// address. Unix nanoseconds; <see cref="long.MaxValue"/> if there is none.
    /// </summary>
    public long AwaitedSince => _requests.AwaitedSince;

    /// <summary>Takes in a cgroup that was made or removed.</summary>
    /// <param name="record">The record.</param>
    /// <param name="unixNanoseconds">When that was; 0: not known.</param>
    public void Learn(in CgroupRecord record, long unixNanoseconds = 0)
    {
        if (record.Kind == RecordKind.CgroupRemoved)
        {
            _cgroups.End(record.CgroupId, Now, unixNanoseconds);
            return;
        }

        ReadOnlySpan<byte> path = record.Path;
        var end = path.IndexOf((byte)0);
        if (_cgroups.Place(record.CgroupId, end < 0 ? path : path[..end], Now, unixNanoseconds))
        {
            _rescanPause.Reset(); // a reading of the tree has found it
        }
    }

    /// <summary>
    /// Puts its container's identity into each event; one of a process of the host gets that of its systemd unit, or none. False when waiting may
    /// still bring a name, or the cgroup itself.
    /// </summary>
    public bool Name(Span<ConnectionEvent> events)
    {
        var answering = _requests.Answering;
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
        // As much as waits now: a runtime that goes on posting must not hold up the events.
        var (any, left) = (false, _reports.Waiting);
        while (left > 0 && _reports.TryTake(out var report))
        {
            left -= report.Weight;
            _containers.Take(report);
            _pods.Take(report.Endpoint, report.Pods);
            _cgroups.CountHeld();
            any = true;
        }

        var now = Now;
        _cgroups.LetGo(now);
        _requests.AskAgain(now);
        return any;
    }

    /// <summary>False when waiting may still bring more than is known now.</summary>
    private bool TryFind(ulong cgroupId, uint answering, out ContainerIdentity? identity)
    {
        if (!_cgroups.TryFind(cgroupId, out var cgroup))
        {
            cgroup = _cgroups.AddUnknown(cgroupId, Now);
            Counters.CountUnknown();
        }

        var container = cgroup.Container;
        identity = container?.Identity ?? cgroup.Unit;
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
            _nextRescan = now + (long)_rescanPause.Next().TotalMilliseconds;
            Counters.CountRescan();
            _rescan();
        }

        return now - cgroup.SinceMilliseconds < _options.RescanPause.TotalMilliseconds;
    }
}
