using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.Foundation;

namespace NetMon.Enrichment;

/// <summary>
/// Maps cgroup ids to containers. Learns cgroups from the event stream, in which the kernel reports each one before it has processes, and names from
/// the runtimes. Bounded. For one thread, except <see cref="Of(string)"/> and <see cref="Of(ulong)"/>, which are thread-safe.
/// </summary>
public sealed class ContainerDirectory
{
    /// <summary>The factor by which the pause between fruitless scans of the tree may grow.</summary>
    private const int MostRescanPauses = 64;

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

    /// <param name="options">Limits and pauses.</param>
    /// <param name="names">The source of names.</param>
    /// <param name="reports">The answers; this is their only consumer.</param>
    /// <param name="rescan">Requests that the source report every existing cgroup again; must not block.</param>
    /// <param name="time">The clock; null: the system's.</param>
    public ContainerDirectory(ContainerDirectoryOptions options, INameSource names, RuntimeReports reports, Action rescan, TimeProvider? time = null)
    {
        (_options, _reports, _rescan, _time) = (options, reports, rescan, time ?? TimeProvider.System);
        _requests = new NameRequests(options, names, Counters);
        _containers = new KnownContainers(options, _requests, Counters);
        _pods = new KnownPods(_containers, _time);
        _cgroups = new KnownCgroups(options, _containers, _pods, Counters);
        _rescanPause = new BackOff(options.RescanPause, options.RescanPause * MostRescanPauses);
    }

    /// <summary>Statistics of the directory.</summary>
    public DirectoryCounters Counters { get; } = new();

    private long Now => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>
    /// Adds a listener for the start, each change and the end of each sandbox with addresses. It is called on the directory's thread, before later events
    /// are named, and must not block. Must be called before the first event.
    /// </summary>
    public void OnPod(Action<PodAddresses> listener) => _pods.OnPod(listener);

    /// <summary>Returns what is known of a container, by its full id; null if unknown.</summary>
    public ContainerIdentity? Of(string containerId) => _containers.Of(containerId);

    /// <summary>Returns the container of a cgroup; null if it is of the host, or not known (any more).</summary>
    public ContainerIdentity? Of(ulong cgroupId) => _cgroups.TryFind(cgroupId, out var cgroup) ? cgroup.Container?.Identity : null;

    /// <summary>
    /// The start of the oldest container whose names are requested from a responding runtime: a pod that started at that time or later may have any
    /// address. Unix nanoseconds; <see cref="long.MaxValue"/> if there is none.
    /// </summary>
    public long AwaitedSince => _requests.AwaitedSince;

    /// <summary>Processes the creation or removal of a cgroup.</summary>
    /// <param name="record">The record.</param>
    /// <param name="unixNanoseconds">When it happened; 0: unknown.</param>
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
            _rescanPause.Reset(); // a scan of the tree has found it
        }
    }

    /// <summary>
    /// Sets the container of each event; for a process of the host its systemd unit, if any. False if waiting may still bring a name, or the cgroup
    /// itself.
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
    /// Processes new reports from the runtimes, removes what ended long ago, and repeats requests when due. True if a runtime has reported anything.
    /// </summary>
    public bool TakeNews()
    {
        // Only the current reports: a runtime that keeps posting must not delay the events.
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

    /// <summary>Finds the container; false if waiting may still bring more than is known now.</summary>
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
            ? container is null || container.Identity.IsNamed || (container.Unanswered & answering) == 0
            : !IsBeingLookedFor(cgroup);
    }

    /// <summary>Whether the cgroup of an event is unknown but may be found: its record was lost, or the first scan of the tree is in progress.</summary>
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
