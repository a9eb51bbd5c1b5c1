using System.IO.Pipelines;
using NetMon.Enrichment;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Host.Metrics;
using NetMon.Native;
using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.Pipeline.Json;
using NetMon.Pipeline.Order;
using NetMon.Sources;
using NetMon.Sources.Kernel;
using NetMon.Sources.Replay;
using NetMon.Sources.Synthetic;
using NetMon.Storage;

namespace NetMon.Host;

/// <summary>The whole flow, wired in the order of the data; the stop is the same list backwards.</summary>
internal static class Agent
{
    // Bytes between reader and decoder: enough for a burst of 30,000 events, then the rings must hold it.
    private static readonly PipeOptions PipeOptions = new(
        pauseWriterThreshold: 4 * 1024 * 1024,
        resumeWriterThreshold: 2 * 1024 * 1024,
        minimumSegmentSize: 64 * 1024,
        readerScheduler: PipeScheduler.Inline, // the decoder goes on where the reader is: a hand-over to the pool wakes four threads
        useSynchronizationContext: false);

    /// <summary>Runs until a signal, the duration, or the end of the source; returns the exit code.</summary>
    public static async Task<int> RunAsync(RunSettings settings, Logger log)
    {
        using var stop = new StopSignal(settings.Duration);
        using var source = OpenSource(settings);
        using var recording = settings.Record is { } path ? new RecordingFile(path, log.For("record")) : null;
        var loss = new LossAccount(source);
        var pipe = new Pipe(PipeOptions);
        var reader = new RingReader(source, pipe.Writer);
        EnrichStage? stage = null;
        await using var runtimes = new ContainerRuntimes(settings.Runtimes, new RuntimeOptions(), report => stage?.Post(report), log.For("containers"));
        var directory = new ContainerDirectory(new ContainerDirectoryOptions(), runtimes, source.RescanCgroups);
        var sinks = new SinkFanout([.. OpenSinks(settings, loss, directory, log)], source.IsLive);
        using var enrich = stage = new EnrichStage(directory, sinks, settings.NameWait);
        await using var archive = UploaderProcess.Start(settings, log.For("uploader"));
        var decoder = new RecordDecoder(new EventOrder(), enrich, sinks, recording is null ? null : recording.Append);
        loss.Follow(reader, decoder, sinks);
        var health = new Health(reader, decoder);
        await using var metrics = settings.Metrics is not { } address ? null : await MetricsServer.StartAsync(address, new AgentMetrics(factory =>
        [
            new EventMetrics(factory, source, decoder, enrich, loss),
            new NamingMetrics(factory, enrich.Counters, directory.Counters, runtimes),
            new SinkMetrics(factory, sinks.Workers),
            .. settings.Capture is { } capture ? [new CaptureMetrics(factory, capture, settings.Retention.KeepFree)] : Array.Empty<IMetricGroup>(),
            .. sinks.Workers.Select(worker => worker.Sink).OfType<CaptureSink>().Where(_ => settings.Retention.Archive is not null).Select(sink => new UploadMetrics(factory, sink)),
            new ProcessMetrics(factory),
        ]), health, log.For("metrics")).ConfigureAwait(false);

        runtimes.Start();
        source.Start();
        reader.Start();
        var decoding = Task.Run(() => decoder.RunAsync(pipe.Reader));
        health.Attached();
        log.Info($"ready: {source.Description}");

        await Task.WhenAny(stop.Requested, decoding).ConfigureAwait(false); // a source that ends completes the pipe

        health.Stopping();
        source.Stop();
        await Task.Run(reader.Finish).ConfigureAwait(false);
        await decoding.ConfigureAwait(false);
        foreach (var worker in sinks.Workers)
        {
            if (!await worker.FinishAsync().ConfigureAwait(false))
            {
                log.Error($"output {worker.Sink.Name}: gave up after {SinkWorker.StallBound.TotalSeconds:0} s without progress; what it has not written is counted as dropped");
            }
        }

        if (archive is not null)
        {
            await archive.DisposeAsync().ConfigureAwait(false); // what was sealed just now goes too
        }

        log.Info(MemoryAccount.Summary());
        log.For("containers").Info(NamingAccount.Summary(source.ReadCounters(), directory.Counters, enrich.Counters, runtimes.Status));
        log.Info(loss.Summary());
        return ExitCode.Success;
    }

    private static IRecordSource OpenSource(RunSettings settings) => settings.Source switch
    {
        SourceSpec.Replay replay => ReplaySource.Open(replay.Path),
        SourceSpec.Synthetic synthetic => new SyntheticSource(synthetic.Options with { RingBytes = settings.Kernel.RingBytes }),
        _ => KernelSource.Open(settings.Kernel),
    };

    private static IEnumerable<IEventSink> OpenSinks(RunSettings settings, LossAccount loss, ContainerDirectory directory, Logger log)
    {
        if (settings.Json is { } json)
        {
            var output = new LineOutput(json == "-" ? OutputDescriptor.Standard() : OutputDescriptor.Append(json));
            yield return new JsonSink(output, EventLine.Of(settings.JsonFormat, settings.Node), new SinkCounters(), log.For("json"));
        }

        if (settings.Capture is { } capture)
        {
            var options = new CaptureSinkOptions
            {
                CaptureDirectory = capture,
                Node = settings.Node,
                AgentVersion = AgentVersion.Text,
                BootId = BootId.Read(),
                DurableWithin = settings.Retention.DurableWithin,
                RetainFor = settings.Retention.RetainFor,
                RetainBytes = settings.Retention.RetainBytes,
                KeepFree = settings.Retention.KeepFree,
                Archive = settings.Retention.Archive,
                LossTotals = loss.Totals,
                NamesOf = container => directory.Of(container.ContainerId),
            };
            yield return new CaptureSink(options, new SinkCounters(), log.For("storage"));
        }
    }
}
