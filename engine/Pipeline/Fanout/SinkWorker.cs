using System.Diagnostics;
using System.Threading.Channels;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Pipeline.Batch;

namespace NetMon.Pipeline.Fanout;

/// <summary>
/// The bounded queue and thread of one sink. If the queue is full, a live source drops the batch for this sink and counts it; any other
/// source waits. When a sink throws, the events passed to it count as failed, and events are dropped during a pause before the next
/// attempt.
/// </summary>
public sealed class SinkWorker
{
    /// <summary>The capacity of the queue in batches: 131,072 events, 18 MiB at most.</summary>
    public const int QueuedBatches = 256;

    /// <summary>
    /// The maximum time that a sink may make no progress at the end before its events are given up. Longer than a sink's own timeouts (5 s
    /// for the reader of stdout): otherwise, what it has already written might count as dropped.
    /// </summary>
    public static readonly TimeSpan StallBound = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);
    private readonly IEventSink _sink;
    private readonly bool _live;
    private readonly Action<EventBatch> _release;
    private readonly Channel<EventBatch> _queue;
    private readonly object _sleeper = new();
    private readonly Action _wake;
    private readonly FaultState _fault;
    private readonly Logger _log;
    private readonly BackOff _pause = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
    private long _given;
    private long _droppedBeforeIt;
    private long _pausedUntil;
    private bool _awake;
    private long _lastProgress = Environment.TickCount64;
    private volatile bool _writing;

    internal SinkWorker(IEventSink sink, bool live, Action<EventBatch> release, FaultState fault, Logger log)
    {
        (_sink, _live, _release, _wake, _fault, _log) = (sink, live, release, Wake, fault, log);
        _queue = Channel.CreateBounded<EventBatch>(new BoundedChannelOptions(QueuedBatches)
        {
            SingleReader = true,
            SingleWriter = true,
            AllowSynchronousContinuations = true, // the continuation only wakes this worker, which saves waking a pool thread
        });
        Completion = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The sink.</summary>
    public IEventSink Sink => _sink;

    /// <summary>The number of queued batches.</summary>
    public int Queued => _queue.Reader.Count;

    /// <summary>How long the sink took for each batch.</summary>
    public DurationHistogram Writes { get; } = new();

    /// <summary>Completes when the sink is closed.</summary>
    public Task Completion { get; }

    /// <summary>Waits for the sink to finish; gives up after <see cref="StallBound"/> without progress. Returns whether it finished.</summary>
    public async Task<bool> FinishAsync()
    {
        while (!Completion.IsCompleted && !HasStalled)
        {
            await Task.WhenAny(Completion, Task.Delay(LookAgain)).ConfigureAwait(false);
        }

        if (Completion.IsCompleted)
        {
            await Completion.ConfigureAwait(false);
            return true;
        }

        var c = _sink.Counters;
        c.AddQueueFull(c.Offered - c.Delivered - c.Failed - c.QueueFull);
        return false;
    }

    internal async ValueTask OfferAsync(EventBatch batch)
    {
        _sink.Counters.AddOffered(batch.Events.Length);
        while (!_queue.Writer.TryWrite(batch))
        {
            if (_live)
            {
                _sink.Counters.AddQueueFull(batch.Events.Length);
                Interlocked.Add(ref _droppedBeforeIt, batch.Events.Length);
                _release(batch);
                return;
            }

            await _queue.Writer.WaitToWriteAsync().ConfigureAwait(false);
        }
    }

    internal void Complete() => _queue.Writer.Complete();

    private bool HasStalled => Environment.TickCount64 - Volatile.Read(ref _lastProgress) > StallBound.TotalMilliseconds && (_writing || _queue.Reader.Count > 0);

    private void Run()
    {
        Thread.CurrentThread.Name = $"netmon-{_sink.Counters.Name}";
        while (WaitHere(_queue.Reader.WaitToReadAsync()))
        {
            var watermark = 0L;
            Volatile.Write(ref _lastProgress, Environment.TickCount64);
            while (_queue.Reader.TryRead(out var batch))
            {
                watermark = batch.WatermarkUnixNanoseconds;
                _writing = true;
                Write(batch);
                _release(batch);
                Volatile.Write(ref _lastProgress, Environment.TickCount64);
                _writing = false;
            }

            Advance(watermark);
        }

        try
        {
            _sink.Close();
        }
        catch (Exception e)
        {
            Recover(e);
        }
    }

    private void Write(EventBatch batch)
    {
        _given += batch.Events.Length;
        if (IsPaused)
        {
            _sink.Counters.AddFailed(batch.Events.Length);
            return;
        }

        try
        {
            var began = Stopwatch.GetTimestamp();
            _sink.Write(batch.Events);
            if (!batch.Events.IsEmpty)
            {
                Writes.Add(Stopwatch.GetElapsedTime(began));
            }
        }
        catch (Exception e)
        {
            Recover(e);
        }
    }

    private void Advance(long watermark)
    {
        if (IsPaused)
        {
            return;
        }

        try
        {
            _sink.Advance(watermark);
            if (_fault.Why is not null)
            {
                _fault.Works();
                _pause.Reset();
                _log.Info($"output {_sink.Counters.Name}: works again");
            }
        }
        catch (Exception e)
        {
            Recover(e);
        }
    }

    private bool IsPaused => _pausedUntil != 0 && Environment.TickCount64 < _pausedUntil;

    /// <summary>Settles the counters after a sink has thrown: events that it was given and has not counted are lost.</summary>
    private void Recover(Exception why)
    {
        try
        {
            _sink.Recover();
        }
        catch (Exception e)
        {
            why = e;
        }

        var c = _sink.Counters;
        var missing = _given - _sink.Pending - c.Delivered - c.Failed - (c.QueueFull - Interlocked.Read(ref _droppedBeforeIt));
        c.AddFailed(Math.Max(0, missing));
        if (_fault.Why is null)
        {
            _log.Error($"output {c.Name}: {why.GetType().Name}: {why.Message}; its events are dropped and counted until it works again. Retrying automatically. This is a bug: please report it.");
        }

        _fault.Failed($"{why.GetType().Name}: {why.Message}");
        _pausedUntil = Environment.TickCount64 + (long)_pause.Next().TotalMilliseconds;
    }

    /// <summary>Blocks the sink's own thread, so that a blocking sink needs no pool thread. Does not allocate.</summary>
    private bool WaitHere(ValueTask<bool> task)
    {
        var wait = task.GetAwaiter();
        if (!wait.IsCompleted)
        {
            wait.UnsafeOnCompleted(_wake);
            lock (_sleeper)
            {
                while (!_awake)
                {
                    Monitor.Wait(_sleeper);
                }

                _awake = false;
            }
        }

        return wait.GetResult();
    }

    private void Wake()
    {
        lock (_sleeper)
        {
            _awake = true;
            Monitor.Pulse(_sleeper);
        }
    }
}
