using System.Runtime.CompilerServices;
using NetMon.Events;

namespace NetMon.Pipeline.Enrich;

/// <summary>
/// Counts connections and bytes by the workload of the process, in a table of bounded size. When it is full, a sweep evicts the workloads
/// with the least recent traffic. Events of a workload without a place are in <see cref="All"/> only. One thread counts; any may read.
/// </summary>
public sealed class WorkloadCounters
{
    /// <summary>The workload of processes of the node that are in no systemd unit.</summary>
    public const string Node = "node";

    /// <summary>The workload of containers without a known name, and of connections without a known owner.</summary>
    public const string Unknown = "unknown";

    /// <summary>What the metrics call all other workloads; no workload has this name here.</summary>
    public const string Other = "other";

    /// <summary>Workloads in the table, with <see cref="Node"/> and <see cref="Unknown"/>. A full table takes 0.6 MiB.</summary>
    public const int DefaultCapacity = 2048;

    /// <summary>A full table is swept no more often than this.</summary>
    public static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(10);

    /// <summary>Entries of the cache, a power of two. Containers that share an entry cost a lookup by name.</summary>
    private const int CacheSize = 1024;

    /// <summary>No connection moves more between two of its events: a record that says so is damaged.</summary>
    private const ulong MostBytes = 1ul << 48;

    private readonly TimeProvider _time;
    private readonly WorkloadCounts?[] _places; // written by the counting thread, read by any
    private readonly Stack<int> _free = new();
    private readonly Dictionary<string, WorkloadCounts> _byName = new(StringComparer.Ordinal);
    private readonly CacheEntry[] _cache = new CacheEntry[CacheSize];
    private readonly WorkloadCounts _node = new(Node, "");
    private readonly WorkloadCounts _unknown = new(Unknown, "");
    private bool _turnedAway;
    private long? _sweptAt;

    /// <param name="capacity">Workloads in the table at most, 4 or more.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public WorkloadCounters(int capacity = DefaultCapacity, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 4);
        _time = time ?? TimeProvider.System;
        _places = new WorkloadCounts?[capacity];
        (_places[0], _places[1]) = (_node, _unknown);
        for (var place = capacity - 1; place >= 2; place--)
        {
            _free.Push(place);
        }

        // A service of Docker Swarm may have any of these names: the others have a slash.
        (_byName[Node], _byName[Unknown], _byName[Other]) = (_node, _unknown, _unknown);
    }

    /// <summary>Every event, whether its workload has a place or not. Never behind the sum over <see cref="Known"/> once counting has stopped.</summary>
    public WorkloadCounts All { get; } = new("", "");

    /// <summary>The workloads in the table now. Any thread.</summary>
    public IReadOnlyList<WorkloadCounts> Known()
    {
        List<WorkloadCounts> known = [];
        for (var place = 0; place < _places.Length; place++)
        {
            if (Volatile.Read(ref _places[place]) is { } counts)
            {
                known.Add(counts);
            }
        }

        return known;
    }

    /// <summary>Counts a batch. Allocates only for a workload that is new.</summary>
    public void Count(ReadOnlySpan<ConnectionEvent> events)
    {
        if (_turnedAway && (_sweptAt is not { } last || _time.GetElapsedTime(last) >= SweepEvery))
        {
            Sweep();
        }

        foreach (ref readonly var e in events)
        {
            switch (e.Record.Kind)
            {
                case RecordKind.Connect:
                    Add(Find(in e), WorkloadCounts.Connects(e.Facts.Result), 1);
                    break;
                case RecordKind.Accept:
                    Add(Find(in e), WorkloadCounts.Accepts, 1);
                    break;
                default:
                    AddBytes(in e);
                    break;
            }
        }
    }

    private void AddBytes(in ConnectionEvent e)
    {
        ref readonly var record = ref e.Record;
        var (sent, received) = record.ConnectionId == 0 ? (record.BytesSent, record.BytesReceived) : (record.DeltaSent, record.DeltaReceived); // version 1 has CLOSE only
        if ((record.Flags & RecordFlags.Older) != 0 && sent == record.BytesSent && received == record.BytesReceived)
        {
            return; // its first event: most of that moved before the agent started, and would show as moved now
        }

        if ((sent | received) != 0 && sent <= MostBytes && received <= MostBytes)
        {
            var counts = Find(in e);
            Add(counts, WorkloadCounts.Sent(record.Direction), (long)sent);
            Add(counts, WorkloadCounts.Received(record.Direction), (long)received);
        }
    }

    private void Add(WorkloadCounts? counts, int counter, long amount)
    {
        counts?.Add(counter, amount);
        All.Add(counter, amount);
    }

    /// <summary>Null: the table has no place for it.</summary>
    private WorkloadCounts? Find(in ConnectionEvent e)
    {
        if (e.Container is not { } container)
        {
            return (e.Record.Flags & RecordFlags.OwnerUnknown) == 0 ? _node : _unknown;
        }

        ref var entry = ref _cache[RuntimeHelpers.GetHashCode(container) & (CacheSize - 1)];
        return ReferenceEquals(entry.Container, container) && entry.Counts is { IsEvicted: false } counts ? counts : FindByName(container, ref entry);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WorkloadCounts? FindByName(ContainerIdentity container, ref CacheEntry entry)
    {
        var counts = _unknown;
        if (container.Workload.Length > 0 && !_byName.TryGetValue(container.Workload, out counts))
        {
            if (!_free.TryPop(out var place))
            {
                _turnedAway = true;
                return null;
            }

            counts = new WorkloadCounts(container.Workload, container.PodNamespace);
            _byName.Add(counts.Name, counts);
            Volatile.Write(ref _places[place], counts);
        }

        entry = new CacheEntry(container, counts);
        return counts;
    }

    /// <summary>Makes room: evicts a quarter of the table.</summary>
    private void Sweep()
    {
        (_turnedAway, _sweptAt) = (false, _time.GetTimestamp());
        List<(int Place, WorkloadCounts Counts)> swept = [];
        var all = default(WorkloadTraffic);
        for (var place = 2; place < _places.Length; place++)
        {
            if (_places[place] is { } counts)
            {
                var traffic = WorkloadTraffic.Of(counts);
                counts.Recent = counts.Recent.Times(0.5).Plus(traffic.Minus(counts.Swept));
                counts.Swept = traffic;
                all = all.Plus(counts.Recent);
                swept.Add((place, counts));
            }
        }

        foreach (var (place, counts) in swept.OrderBy(of => of.Counts.Recent.ShareOf(all)).Take(Math.Max(1, swept.Count / 4)))
        {
            counts.IsEvicted = true;
            _byName.Remove(counts.Name);
            Volatile.Write(ref _places[place], null);
            _free.Push(place);
        }
    }

    private readonly record struct CacheEntry(ContainerIdentity Container, WorkloadCounts Counts);
}
