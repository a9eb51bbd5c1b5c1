using System.Diagnostics.CodeAnalysis;
using NetMon.Enrichment;
using NetMon.Enrichment.Peers;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.Pipeline.Batch;

namespace NetMon.Pipeline.Enrich;

/// <summary>
/// Adds the names of containers and peers to batches of events. Holds a batch back for a bounded time while a name is being looked up.
/// Batches stay in order, so later batches wait as well. Not thread-safe.
/// </summary>
public sealed class EnrichStage : IDisposable
{
    /// <summary>The maximum number of held batches, 9 MiB of events; beyond it the oldest is released without its name.</summary>
    public const int MostHeld = 128;

    private readonly ContainerDirectory _directory;
    private readonly PeerTable _peers;
    private readonly TimeSpan _bound;
    private readonly TimeProvider _time;
    private readonly WorkloadCounters? _workloads;
    private readonly Queue<(EventBatch Batch, long Since)> _held = new();
    private readonly Queue<(EventBatch Batch, TimeSpan Waited)> _ready = new();
    private readonly ITimer _timer;
    private volatile Action _wake = () => { };
    private volatile bool _holding;

    /// <param name="directory">The containers; used on this stage's thread only.</param>
    /// <param name="reports">The reports that the directory processes; while a batch is held, each one wakes the stage.</param>
    /// <param name="peers">The names of peers; read on this stage's thread only.</param>
    /// <param name="bound">The maximum time that an event waits for its container's name; zero: no wait.</param>
    /// <param name="time">The clock; null: the system's.</param>
    /// <param name="workloads">Counts events by workload; null: no counting.</param>
    public EnrichStage(ContainerDirectory directory, RuntimeReports reports, PeerTable peers, TimeSpan bound, TimeProvider? time = null, WorkloadCounters? workloads = null)
    {
        (_directory, _peers, _bound, _time, _workloads) = (directory, peers, bound, time ?? TimeProvider.System, workloads);
        _timer = _time.CreateTimer(_ => _wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        reports.OnPosted(WakeIfHolding);
    }

    /// <summary>Creates a stage without lookups or waits: containers have only their id and their pod's uid.</summary>
    /// <param name="workloads">Counts events by workload; null: no counting.</param>
    public static EnrichStage WithoutNames(WorkloadCounters? workloads = null)
    {
        var none = new RuntimeReports();
        return new EnrichStage(new ContainerDirectory(new ContainerDirectoryOptions(), new NoNames(), none, () => { }), none, new PeerTable(""), TimeSpan.Zero, workloads: workloads);
    }

    /// <summary>Statistics of naming.</summary>
    public NamingCounters Counters { get; } = new();

    /// <summary>Statistics of events.</summary>
    public EventCounters Events { get; } = new();

    /// <summary>The number of batches held back now.</summary>
    public int Held => _held.Count;

    /// <summary>Sets a callback, called on any thread, that must cause a call of <see cref="Advance"/> on the stage's own thread soon.</summary>
    public void OnWake(Action wake) => _wake = wake;

    /// <summary>Processes the creation or removal of a cgroup.</summary>
    /// <param name="record">The record.</param>
    /// <param name="clockOffset">Nanoseconds from the record's clock to Unix time; 0: unknown yet.</param>
    public void Learn(in CgroupRecord record, long clockOffset) => _directory.Learn(in record, clockOffset == 0 ? 0 : (long)record.KtimeNanoseconds + clockOffset);

    /// <summary>
    /// Names a batch and queues it for <see cref="TryTake"/>. False: the caller keeps the batch, which contains no events but only a
    /// watermark, because that must not overtake held batches.
    /// </summary>
    public bool Offer(EventBatch batch)
    {
        if (batch.Events.IsEmpty && _held.Count > 0)
        {
            return false;
        }

        var settled = Name(batch);
        if (_held.Count == 0 && (settled || _bound == TimeSpan.Zero))
        {
            _ready.Enqueue((batch, TimeSpan.Zero));
            return true;
        }

        Counters.CountDelayed();
        _held.Enqueue((batch, _time.GetTimestamp()));
        if (_held.Count == 1)
        {
            _holding = true;
            _timer.Change(_bound, Timeout.InfiniteTimeSpan);
        }
        else if (_held.Count > MostHeld)
        {
            Counters.CountEvicted();
            LetGoOfOldest();
        }

        return true;
    }

    /// <summary>Takes the next batch that is done waiting, counts it as released and passes its ownership to the caller.</summary>
    public bool TryTake([NotNullWhen(true)] out EventBatch? batch)
    {
        if (!_ready.TryDequeue(out var next))
        {
            batch = null;
            return false;
        }

        batch = next.Batch;
        Count(batch.Events, next.Waited);
        return true;
    }

    /// <summary>Processes new reports from the runtimes, and releases batches that need not wait any longer.</summary>
    public void Advance()
    {
        _directory.TakeNews();
        while (_held.TryPeek(out var oldest))
        {
            if (!Name(oldest.Batch))
            {
                var left = _bound - _time.GetElapsedTime(oldest.Since);
                if (left > TimeSpan.Zero)
                {
                    _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan); // the timer has a resolution of milliseconds
                    return;
                }

                Counters.CountTimedOut();
            }

            LetGoOfOldest();
        }
    }

    /// <summary>Releases everything at the end of the stream.</summary>
    public void Finish()
    {
        Advance();
        while (_held.Count > 0)
        {
            LetGoOfOldest();
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Names a batch; false if waiting may still bring a name.</summary>
    private bool Name(EventBatch batch)
    {
        var settled = _directory.Name(batch.Filled);
        return _peers.Name(batch.Filled, _directory.AwaitedSince) && settled;
    }

    private void WakeIfHolding()
    {
        if (_holding)
        {
            _wake();
        }
    }

    private void LetGoOfOldest()
    {
        var (batch, since) = _held.Dequeue();
        _holding = _held.Count > 0;
        _ready.Enqueue((batch, _time.GetElapsedTime(since)));
    }

    private void Count(ReadOnlySpan<ConnectionEvent> events, TimeSpan waited)
    {
        var (inContainers, named) = (0, 0);
        foreach (ref readonly var e in events)
        {
            Events.Count(in e);
            if (e.Container is { IsContainer: true } container)
            {
                inContainers++;
                named += container.IsNamed ? 1 : 0;
            }
        }

        Counters.CountBatch(events.Length, inContainers, named, waited);
        _workloads?.Count(events);
    }
}
