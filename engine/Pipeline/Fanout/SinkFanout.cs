using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Pipeline.Batch;

namespace NetMon.Pipeline.Fanout;

/// <summary>Gives every batch to every sink, each through a bounded queue and a thread of its own, so that none holds up another.</summary>
public sealed class SinkFanout
{
    private readonly SinkWorker[] _workers;
    private long _lastPublished;

    /// <param name="sinks">Closed by their workers at the end.</param>
    /// <param name="live">True: a full queue drops at once. False: it makes the source wait.</param>
    /// <param name="faults">Says of each sink's thread when it fails, by the sink's name with ".thread" behind it; null for nobody.</param>
    /// <param name="log">Told when a sink's thread fails; null for nobody.</param>
    public SinkFanout(IReadOnlyList<IEventSink> sinks, bool live, Faults? faults = null, Logger? log = null)
    {
        faults ??= new Faults();
        log ??= new Logger(_ => { }, "agent");
        Batches = new EventBatchPool((sinks.Count * SinkWorker.QueuedBatches) + 8);
        _workers = [.. sinks.Select(sink => new SinkWorker(sink, live, Return, faults.Of($"{sink.Counters.Name}.thread"), log))];
    }

    /// <summary>The sinks' workers, in the order of the sinks.</summary>
    public IReadOnlyList<SinkWorker> Workers => _workers;

    /// <summary>The batches to publish: as many are reused as the sinks' queues hold.</summary>
    public EventBatchPool Batches { get; }

    /// <summary>Queues a batch of <see cref="Batches"/> for every sink, and returns it there after the last of them. An empty one only passes on the time, and at most ten times a second.</summary>
    public async ValueTask PublishAsync(EventBatch batch)
    {
        var now = Environment.TickCount64;
        if (_workers.Length == 0 || (batch.Events.IsEmpty && now - _lastPublished < 100))
        {
            Batches.Return(batch);
            return;
        }

        _lastPublished = now;
        batch.HoldFor(_workers.Length);
        foreach (var worker in _workers)
        {
            await worker.OfferAsync(batch).ConfigureAwait(false);
        }
    }

    /// <summary>No more batches: the workers finish what is queued, close their sinks and end.</summary>
    public void Complete()
    {
        foreach (var worker in _workers)
        {
            worker.Complete();
        }
    }

    private void Return(EventBatch batch)
    {
        if (batch.LetGo())
        {
            Batches.Return(batch);
        }
    }
}
