using NetMon.Enrichment;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.Pipeline.Fanout;

namespace NetMon.Pipeline.Enrich;

/// <summary>
/// Names the containers of a batch of events, and holds it back for a bounded time where a name is on its way. Batches
/// stay in their order, so what comes behind one that is held waits as well. One thread uses it; <see cref="Post"/> may
/// be called from any.
/// </summary>
public sealed class EnrichStage : IDisposable
{
    /// <summary>Batches held at the most, 9 MiB of events: then the oldest goes on without waiting longer.</summary>
    public const int MostHeld = 128;

    private readonly ContainerDirectory _directory;
    private readonly SinkFanout _sinks;
    private readonly TimeSpan _bound;
    private readonly TimeProvider _time;
    private readonly Queue<(EventBatch Batch, long Since)> _held = new();
    private readonly ITimer _timer;
    private volatile Action _wake = () => { };
    private volatile bool _holding;

    /// <param name="directory">Of the containers; this stage's thread is its thread.</param>
    /// <param name="sinks">Where the batches go.</param>
    /// <param name="bound">How long an event may wait for its container's name; zero: it never waits.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public EnrichStage(ContainerDirectory directory, SinkFanout sinks, TimeSpan bound, TimeProvider? time = null)
    {
        (_directory, _sinks, _bound, _time) = (directory, sinks, bound, time ?? TimeProvider.System);
        _timer = _time.CreateTimer(_ => _wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A stage that asks nobody and never waits: containers have their id and their pod's uid.</summary>
    public static EnrichStage WithoutNames(SinkFanout sinks) => new(new ContainerDirectory(new ContainerDirectoryOptions(), new NoNames(), () => { }), sinks, TimeSpan.Zero);

    /// <summary>How events got their names.</summary>
    public NamingCounters Counters { get; } = new();

    /// <summary>What events there were.</summary>
    public EventCounters Events { get; } = new();

    /// <summary>Batches held back now.</summary>
    public int Held => _held.Count;

    /// <summary>Has <see cref="AdvanceAsync"/> called soon, from the stage's own thread; any thread may call it.</summary>
    public void OnWake(Action wake) => _wake = wake;

    /// <summary>Takes what a runtime has told.</summary>
    public void Post(RuntimeReport report)
    {
        _directory.Post(report);
        if (_holding)
        {
            _wake();
        }
    }

    /// <summary>Takes in a cgroup that was made or removed.</summary>
    public void Learn(in CgroupRecord record) => _directory.Learn(in record);

    /// <summary>An empty batch, to be filled and passed.</summary>
    public EventBatch Rent() => _sinks.Rent();

    /// <summary>Names a batch and sends it on, now or when its names have come or the bound is over.</summary>
    public async ValueTask PassAsync(EventBatch batch)
    {
        if (batch.Events.IsEmpty && _held.Count > 0)
        {
            _sinks.Discard(batch); // time does not pass those that are held
            return;
        }

        var settled = _directory.Name(batch.Filled);
        if (_held.Count == 0 && (settled || _bound == TimeSpan.Zero))
        {
            await SendAsync(batch, TimeSpan.Zero).ConfigureAwait(false);
            return;
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
            await SendOldestAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Takes in what the runtimes have told since, and sends on what need not wait longer.</summary>
    public async ValueTask AdvanceAsync()
    {
        _directory.TakeNews();
        while (_held.TryPeek(out var oldest))
        {
            if (!_directory.Name(oldest.Batch.Filled))
            {
                var left = _bound - _time.GetElapsedTime(oldest.Since);
                if (left > TimeSpan.Zero)
                {
                    _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan); // its ticks are whole milliseconds
                    return;
                }

                Counters.CountOverdue();
            }

            await SendOldestAsync().ConfigureAwait(false);
        }
    }

    /// <summary>At the end of the stream: sends on what is held.</summary>
    public async ValueTask FinishAsync()
    {
        await AdvanceAsync().ConfigureAwait(false);
        while (_held.Count > 0)
        {
            await SendOldestAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => _timer.Dispose();

    private ValueTask SendOldestAsync()
    {
        var (batch, since) = _held.Dequeue();
        _holding = _held.Count > 0;
        return SendAsync(batch, _time.GetElapsedTime(since));
    }

    private ValueTask SendAsync(EventBatch batch, TimeSpan waited)
    {
        var (inContainers, named) = (0, 0);
        foreach (ref readonly var e in batch.Events)
        {
            Events.Count(in e);
            if (e.Container is { } container)
            {
                inContainers++;
                named += container.IsNamed ? 1 : 0;
            }
        }

        Counters.CountBatch(batch.Events.Length, inContainers, named, waited);
        return _sinks.PublishAsync(batch);
    }
}
