using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Pipeline.Batch;

namespace NetMon.Pipeline.Fanout;

/// <summary>Passes every batch to every sink. Each sink has a bounded queue and its own thread, so that none delays another.</summary>
public sealed class SinkFanout
{
    private readonly SinkWorker[] _workers;
    private long _lastPublished;

    /// <param name="sinks">Closed by their workers at the end.</param>
    /// <param name="live">True: a full queue drops the batch immediately. False: it makes the source wait.</param>
    /// <param name="faults">The fault states of the sinks' threads, named after the sink with the suffix ".thread"; null: not needed.</param>
    /// <param name="log">Logs when a sink's thread fails; null: no log.</param>
    public SinkFanout(IReadOnlyList<IEventSink> sinks, bool live, Faults? faults = null, Logger? log = null)
    {
        faults ??= new Faults();
        log ??= new Logger(_ => { }, "agent");
        Batches = new EventBatchPool((sinks.Count * SinkWorker.QueuedBatches) + 8);
        _workers = [.. sinks.Select(sink => new SinkWorker(sink, live, Return, faults.Of($"{sink.Counters.Name}.thread"), log))];
    }

    /// <summary>The sinks' workers, in the order of the sinks.</summary>
    public IReadOnlyList<SinkWorker> Workers => _workers;

    /// <summary>The batches to publish. As many are reused as the sinks' queues hold.</summary>
    public EventBatchPool Batches { get; }

    /// <summary>Queues a batch of <see cref="Batches"/> for every sink; it is returned after the last sink has processed it. An empty batch only passes on the watermark, at most ten times a second.</summary>
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

    /// <summary>Ends the queues: the workers process what is queued, close their sinks and end.</summary>
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
