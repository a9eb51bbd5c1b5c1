using System.Diagnostics.CodeAnalysis;
using NetMon.Enrichment;
using NetMon.Enrichment.Peers;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.Pipeline.Batch;

namespace NetMon.Pipeline.Enrich;

/// <summary>
/// Names the containers and the peers of a batch of events, and holds it back for a bounded time where a name is on its way. Batches
/// stay in their order, so what comes behind one that is held waits as well. One thread uses it.
/// </summary>
public sealed class EnrichStage : IDisposable
{
    /// <summary>Batches held at most, 9 MiB of events; beyond that the oldest goes on without its name.</summary>
    public const int MostHeld = 128;

    private readonly ContainerDirectory _directory;
    private readonly PeerTable _peers;
    private readonly TimeSpan _bound;
    private readonly TimeProvider _time;
    private readonly Queue<(EventBatch Batch, long Since)> _held = new();
    private readonly Queue<(EventBatch Batch, TimeSpan Waited)> _ready = new();
    private readonly ITimer _timer;
    private volatile Action _wake = () => { };
    private volatile bool _holding;

    /// <param name="directory">Of the containers; this stage's thread is its thread.</param>
    /// <param name="reports">Those that the directory takes: while a batch is held, each wakes the stage.</param>
    /// <param name="peers">Names the other ends; this stage's thread is its readers' thread.</param>
    /// <param name="bound">How long an event may wait for its container's name; zero: it never waits.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public EnrichStage(ContainerDirectory directory, RuntimeReports reports, PeerTable peers, TimeSpan bound, TimeProvider? time = null)
    {
        (_directory, _peers, _bound, _time) = (directory, peers, bound, time ?? TimeProvider.System);
        _timer = _time.CreateTimer(_ => _wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        reports.OnPosted(WakeIfHolding);
    }

    /// <summary>A stage that asks nobody and never waits: containers have their id and their pod's uid.</summary>
    public static EnrichStage WithoutNames()
    {
        var none = new RuntimeReports();
        return new EnrichStage(new ContainerDirectory(new ContainerDirectoryOptions(), new NoNames(), none, () => { }), none, new PeerTable(""), TimeSpan.Zero);
    }

    /// <summary>How events got their names.</summary>
    public NamingCounters Counters { get; } = new();

    /// <summary>What events there were.</summary>
    public EventCounters Events { get; } = new();

    /// <summary>Batches held back now.</summary>
    public int Held => _held.Count;

    /// <summary>Sets what has <see cref="Advance"/> called soon, from the stage's own thread; it is called on any thread.</summary>
    public void OnWake(Action wake) => _wake = wake;

    /// <summary>Takes in a cgroup that was made or removed.</summary>
    /// <param name="record">The record.</param>
    /// <param name="clockOffset">Nanoseconds from the record's clock to Unix time; 0: not known yet.</param>
    public void Learn(in CgroupRecord record, long clockOffset) => _directory.Learn(in record, clockOffset == 0 ? 0 : (long)record.KtimeNanoseconds + clockOffset);

    /// <summary>
    /// Names a batch and keeps it until <see cref="TryTake"/> gives it back. False: the batch stays the caller's, because it
    /// has no events but only a time, and that must not overtake the batches that are held.
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

        Counters.CountHeld();
        _held.Enqueue((batch, _time.GetTimestamp()));
        if (_held.Count == 1)
        {
            _holding = true;
            _timer.Change(_bound, Timeout.InfiniteTimeSpan);
        }
        else if (_held.Count > MostHeld)
        {
            Counters.CountCrowdedOut();
            LetGoOfOldest();
        }

        return true;
    }

    /// <summary>The next batch that need not wait any longer: the caller's from now on, and counted as gone out.</summary>
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

    /// <summary>Takes in what the runtimes have reported since, and lets go of what need not wait any longer.</summary>
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
                    _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan); // its ticks are whole milliseconds
                    return;
                }

                Counters.CountOverdue();
            }

            LetGoOfOldest();
        }
    }

    /// <summary>At the end of the stream: lets go of everything that is held.</summary>
    public void Finish()
    {
        Advance();
        while (_held.Count > 0)
        {
            LetGoOfOldest();
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>False when waiting may still bring a name.</summary>
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
    }
}
