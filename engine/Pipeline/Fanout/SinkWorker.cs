using System.Diagnostics;
using System.Threading.Channels;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Pipeline.Batch;

namespace NetMon.Pipeline.Fanout;

/// <summary>
/// One sink's bounded queue and the loop that serves it. Full queue: under a live source the batch is dropped for this
/// sink and counted; else the source waits. A sink that throws loses the events that it was given, counted as failed, and is
/// tried again after a pause, in which its events are dropped.
/// </summary>
public sealed class SinkWorker
{
    /// <summary>Batches a queue holds: 131,072 events, 18 MiB at the most.</summary>
    public const int QueuedBatches = 256;

    /// <summary>
    /// How long a sink may make no progress at the end before its events are given up. Longer than a sink waits by itself (5 s for
    /// who reads stdout): given up within that wait, what it has already handed out would be counted as dropped.
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
            AllowSynchronousContinuations = true, // all that goes on there is to wake this worker: no pool thread has to be woken for that
        });
        Completion = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The sink.</summary>
    public IEventSink Sink => _sink;

    /// <summary>Batches waiting.</summary>
    public int Queued => _queue.Reader.Count;

    /// <summary>How long the sink took for each batch of events.</summary>
    public DurationHistogram Writes { get; } = new();

    /// <summary>Ends when the sink is closed.</summary>
    public Task Completion { get; }

    /// <summary>Waits for the sink to finish; gives up once it has made no progress for <see cref="StallBound"/>. True: it finished.</summary>
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

    /// <summary>Closes the account of a sink that has thrown: what it was given and does not account for is lost.</summary>
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
            _log.Error($"output {c.Name}: {why.GetType().Name}: {why.Message}; its events are dropped and counted until it works again. Retrying automatically. This is a fault of the program: please report it.");
        }

        _fault.Failed($"{why.GetType().Name}: {why.Message}");
        _pausedUntil = Environment.TickCount64 + (long)_pause.Next().TotalMilliseconds;
    }

    /// <summary>Waits on this thread, which is the sink's own: a sink that blocks takes none from the pool. Allocates nothing.</summary>
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
