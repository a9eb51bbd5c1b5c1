using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Pipeline.Batch;
using NetMon.Pipeline.Fanout;
using Xunit;

namespace NetMon.UnitTests.Pipeline;

public sealed class SinkFanoutTests : IDisposable
{
    private const int PerBatch = 10;

    private readonly GatedSink _gated = new();
    private readonly SignallingSink _quick = new();
    private long _time;

    public void Dispose()
    {
        _gated.Dispose();
        _quick.Dispose();
    }

    [Fact]
    public async Task With_a_live_source_a_blocked_sink_loses_only_its_own_batches()
    {
        const int batches = 1000;
        var fanout = new SinkFanout([_gated, _quick], live: true);
        for (var i = 0; i < batches; i++)
        {
            await Publish(fanout);
            await _quick.WaitUntilWritten();
        }

        _gated.Open();
        fanout.Complete();
        Assert.All(await Task.WhenAll(fanout.Workers.Select(worker => worker.FinishAsync())), Assert.True);

        var (gated, quick) = (_gated.Counters, _quick.Counters);
        Assert.Equal(Times(batches), _quick.Times);
        Assert.Equal((batches * PerBatch, 0), (quick.Delivered, quick.QueueFull));
        Assert.Equal(batches * PerBatch, gated.Offered);
        Assert.Equal(gated.Offered, gated.Delivered + gated.QueueFull + gated.Failed);
        // The capacity of the queue, and one batch that the sink may have taken.
        Assert.InRange(gated.Delivered, SinkWorker.QueuedBatches * PerBatch, (SinkWorker.QueuedBatches + 1) * PerBatch);
        Assert.Equal(Times(batches).Take((int)gated.Delivered), _gated.Times);
        Assert.True(_gated.IsClosed);
    }

    [Fact]
    public async Task Without_a_live_source_the_source_waits_for_a_slow_sink()
    {
        const int batches = 1000;
        var fanout = new SinkFanout([_gated, _quick], live: false);
        var publishing = Task.Run(() => PublishMany(fanout, batches), TestContext.Current.CancellationToken);
        _gated.WaitUntilEntered();
        Assert.True(SpinWait.SpinUntil(() => fanout.Workers[0].Queued == SinkWorker.QueuedBatches, Patience.Limit));
        Assert.False(publishing.IsCompleted);

        _gated.Open();
        await publishing;
        fanout.Complete();
        await Task.WhenAll(fanout.Workers.Select(worker => worker.Completion));

        Assert.Equal(Times(batches), _gated.Times);
        Assert.Equal(Times(batches), _quick.Times);
        Assert.Equal((batches * PerBatch, 0, 0), (_gated.Counters.Delivered, _gated.Counters.QueueFull, _gated.Counters.Failed));
    }

    [Fact]
    public async Task All_batches_are_reused_including_dropped_ones()
    {
        var fanout = new SinkFanout([_gated, _quick], live: true);
        var batches = new HashSet<EventBatch>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < 3000; i++)
        {
            batches.Add(await Publish(fanout));
            await _quick.WaitUntilWritten();
        }

        _gated.Open();
        fanout.Complete();
        await Task.WhenAll(fanout.Workers.Select(worker => worker.Completion));

        Assert.InRange(batches.Count, SinkWorker.QueuedBatches, SinkWorker.QueuedBatches + 10);
        Assert.All(Enumerable.Range(0, batches.Count - 10), _ => Assert.Contains(fanout.Batches.Rent(), batches));
    }

    [Fact]
    public async Task A_batch_from_the_pool_is_empty()
    {
        var fanout = new SinkFanout([_quick], live: false);
        for (var i = 0; i < 20; i++)
        {
            await Publish(fanout);
            await _quick.WaitUntilAdvanced();

            Assert.True(fanout.Batches.Rent().Events.IsEmpty);
        }

        fanout.Complete();
    }

    [Fact]
    public async Task Each_sink_has_its_own_thread_and_may_block()
    {
        var fanout = new SinkFanout([_quick], live: true);
        for (var i = 0; i < 50; i++)
        {
            await Publish(fanout);
            await _quick.WaitUntilWritten();
            await _quick.WaitUntilAdvanced();
        }

        fanout.Complete();
        await fanout.Workers[0].Completion;

        Assert.False(Assert.Single(_quick.Threads).OfThePool);
    }

    [Fact]
    public async Task The_watermark_advances_after_the_last_queued_batch_and_without_events()
    {
        var fanout = new SinkFanout([_quick], live: true);
        await Publish(fanout);
        await _quick.WaitUntilAdvanced();
        Assert.Equal(_time, _quick.Watermark);

        // At most ten empty batches per second: the first one that gets through ends this.
        var passed = _quick.WaitUntilAdvanced();
        for (var watermark = 1000; !passed.IsCompleted; watermark++)
        {
            var empty = fanout.Batches.Rent();
            empty.WatermarkUnixNanoseconds = watermark;
            await fanout.PublishAsync(empty);
        }

        await passed;
        fanout.Complete();
        await fanout.Workers[0].Completion;

        Assert.InRange(_quick.Watermark, 1000, long.MaxValue);
        Assert.Equal(PerBatch, _quick.Counters.Offered);
    }

    [Fact]
    public async Task Empty_batches_are_passed_on_at_most_ten_times_a_second()
    {
        var sink = new CollectingSink();
        var fanout = new SinkFanout([sink], live: true);
        var started = Environment.TickCount64;
        for (var i = 0; i < 10_000; i++)
        {
            await fanout.PublishAsync(fanout.Batches.Rent());
        }

        fanout.Complete();
        await fanout.Workers[0].Completion;

        Assert.InRange(sink.Watermarks.Count, 1, 1 + (Environment.TickCount64 - started) / 100);
    }

    [Theory]
    [InlineData(1)] // in the sink's hands, nothing queued
    [InlineData(20)]
    public async Task A_sink_that_hangs_at_the_stop_is_abandoned_and_its_queue_is_counted(int batches)
    {
        var fanout = new SinkFanout([_gated], live: true);
        await PublishMany(fanout, batches);
        _gated.WaitUntilEntered();
        fanout.Complete();

        var finished = await fanout.Workers[0].FinishAsync().WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

        Assert.False(finished);
        Assert.Equal((batches * PerBatch, batches * PerBatch), (_gated.Counters.Offered, _gated.Counters.QueueFull));
        _gated.Open();
        await fanout.Workers[0].Completion;
    }

    [Theory]
    [InlineData(0)] // throws before it has taken anything
    [InlineData(4)] // after it has delivered some of the batch
    public async Task A_sink_that_throws_loses_its_own_events_is_reported_and_retried(int takenFirst)
    {
        var (faults, log) = (new Faults(), new List<string>());
        var failing = new ThrowingSink(takenFirst);
        var fanout = new SinkFanout([failing, _quick], live: true, faults, new Logger(entry => log.Add(entry.Message), "agent"));
        await Publish(fanout);
        await _quick.WaitUntilWritten();
        SpinWait.SpinUntil(() => faults.Of("throwing.thread").Why is not null, Patience.Limit);
        Assert.Equal("InvalidOperationException: on purpose", faults.Of("throwing.thread").Why);
        failing.IsWell = true;
        while (faults.Of("throwing.thread").Why is not null)
        {
            await Publish(fanout);
            await _quick.WaitUntilWritten();
        }

        fanout.Complete();
        Assert.All(await Task.WhenAll(fanout.Workers.Select(worker => worker.FinishAsync())), Assert.True);

        var (lost, quick) = (failing.Counters, _quick.Counters);
        Assert.Equal(lost.Offered, lost.Delivered + lost.Failed + lost.QueueFull);
        Assert.True(lost.Failed >= PerBatch - takenFirst && lost.Delivered >= takenFirst);
        Assert.Equal((quick.Offered, 0, 0), (quick.Delivered, quick.Failed, quick.QueueFull));
        Assert.Equal(1, faults.Of("throwing.thread").Count);
        Assert.Equal(2, log.Count);
        Assert.Contains("on purpose", log[0], StringComparison.Ordinal);
        Assert.Equal("output throwing: works again", log[1]);
    }

    private async Task PublishMany(SinkFanout fanout, int batches)
    {
        for (var i = 0; i < batches; i++)
        {
            await Publish(fanout);
        }
    }

    private async Task<EventBatch> Publish(SinkFanout fanout)
    {
        var batch = fanout.Batches.Rent();
        for (var i = 0; i < PerBatch; i++)
        {
            batch.Add().UnixNanoseconds = ++_time;
        }

        batch.WatermarkUnixNanoseconds = _time;
        await fanout.PublishAsync(batch);
        return batch;
    }

    private static IEnumerable<long> Times(int batches) => Enumerable.Range(1, batches * PerBatch).Select(i => (long)i);
}
