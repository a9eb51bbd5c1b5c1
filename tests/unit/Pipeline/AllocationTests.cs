using System.Diagnostics;
using System.IO.Pipelines;
using System.Reflection;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Native;
using NetMon.Pipeline;
using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.Pipeline.Json;
using NetMon.Pipeline.Order;
using NetMon.Sources;
using NetMon.Sources.Synthetic;
using Xunit;

namespace NetMon.UnitTests.Pipeline;

[Collection(nameof(AllocationCollection))]
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int WarmUp = 400_000;
    private const int Window = 200_000;
    private const int Windows = 6;

    [Fact]
    public async Task The_path_of_an_event_from_the_ring_to_the_write_allocates_nothing()
    {
        const int count = WarmUp + (Windows * Window) + Window / 2;
        using var source = new SyntheticSource(new SyntheticSourceOptions { Count = count, RingBytes = 512 * 1024 });
        var pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: 512 * 1024, resumeWriterThreshold: 256 * 1024, minimumSegmentSize: 64 * 1024, useSynchronizationContext: false));
        var reader = new RingReader(source, pipe.Writer);
        var json = new JsonSink(JsonOutput.Open("/dev/null", new Logger(_ => { }, "json")), EventLine.Of(JsonFormat.Netmon, "node-1"), new SinkCounters("json"), new FaultState("json"), new Logger(_ => { }, "json"));
        var sink = new MeasuringSink(json, Window);
        var fanout = new SinkFanout([sink], live: false);
        using var enrich = EnrichStage.WithoutNames(new WorkloadCounters());
        var loop = new EventLoop(new RecordDecoder(), new EventOrder(), enrich, fanout);

        source.Start();
        reader.Start();
        var looping = Task.Run(() => loop.RunAsync(pipe.Reader), TestContext.Current.CancellationToken);

        // The sink waits until its queue is full, so that the pool of batches has reached its final size.
        Assert.True(SpinWait.SpinUntil(() => fanout.Workers[0].Queued == SinkWorker.QueuedBatches, Patience.Limit));
        sink.LetGo();
        await looping;
        reader.Finish();
        await fanout.Workers[0].Completion;

        var samples = sink.Samples.Skip(WarmUp / Window - 1).ToList();
        var perEvent = samples.Zip(samples.Skip(1), (from, to) => (double)(to.Bytes - from.Bytes) / (to.Events - from.Events)).ToList();
        output.WriteLine($"bytes an event, by {Window} events: {string.Join(", ", perEvent.Select(bytes => $"{bytes:0.000}"))}");
        Assert.Equal(count, json.Counters.Delivered);
        Assert.Equal(Windows, perEvent.Count);

        // An allocation per event shows in every window; a buffer that grew shows in one.
        Assert.InRange(perEvent.Min(), 0, Allowed);
    }

    /// <summary>
    /// Per drain or wait, not per event: the timestamps that a drain reads, and a task or similar where a full pipe or queue makes a
    /// caller wait.
    /// Without optimisation the compiler also allocates an object for every async call.
    /// </summary>
    private static double Allowed =>
        typeof(EventLoop).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true } ? 2 : 0.2;
}
