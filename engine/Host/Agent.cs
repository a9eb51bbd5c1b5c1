using System.IO.Pipelines;
using NetMon.Enrichment;
using NetMon.Enrichment.Runtimes;
using NetMon.Foundation.Logging;
using NetMon.Host.Metrics;
using NetMon.Pipeline;
using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.Pipeline.Order;
using NetMon.Sources;
using NetMon.Sources.Kernel;
using NetMon.Sources.Replay;
using NetMon.Sources.Synthetic;

namespace NetMon.Host;

/// <summary>The whole flow, wired in the order of the data. The stop takes the same order: each part ends once nothing more comes to it.</summary>
internal static class Agent
{
    // Bytes between the reader and the loop: enough for a burst of 30,000 events, then the rings must hold it.
    private static readonly PipeOptions PipeOptions = new(
        pauseWriterThreshold: 4 * 1024 * 1024,
        resumeWriterThreshold: 2 * 1024 * 1024,
        minimumSegmentSize: 64 * 1024,
        readerScheduler: PipeScheduler.Inline, // the loop goes on where the reader is: a hand-over to the pool wakes four threads
        useSynchronizationContext: false);

    /// <summary>Runs until a signal, the duration, or the end of the source; returns the exit code.</summary>
    public static async Task<int> RunAsync(RunSettings settings, Logger log)
    {
        using var stop = new StopSignal(settings.Duration);
        using var source = OpenSource(settings);
        using var recording = settings.Record is { } path ? new RecordingFile(path, log.For("record")) : null;
        var pipe = new Pipe(PipeOptions);
        var reader = new RingReader(source, pipe.Writer);
        var decoder = new RecordDecoder();
        var reports = new RuntimeReports();
        await using var runtimes = new ContainerRuntimes(settings.Runtimes, new RuntimeOptions(), reports, log.For("containers"));
        var directory = new ContainerDirectory(new ContainerDirectoryOptions(), runtimes, reports, source.RescanCgroups);
        using var enrich = new EnrichStage(directory, reports, settings.NameWait);
        var counters = new AgentSinkCounters(settings);
        var loss = new LossAccount(source, reader.Counters, decoder.Counters, counters.All);
        var cgroups = new CgroupLosses(source, directory.Of);
        var sinks = AgentSinks.Open(settings, counters, loss, cgroups, directory, log);
        using var rotate = new RotateSignal(() => sinks.Json?.Reopen());
        var fanout = new SinkFanout(sinks.All, source.IsLive);
        await using var archive = UploaderProcess.Start(settings, log.For("uploader"));
        var loop = new EventLoop(decoder, new EventOrder(), enrich, fanout, recording is null ? null : recording.Append);
        var health = new Health(reader, loop);
        await using var metrics = settings.Metrics is not { } address ? null : await MetricsServer.StartAsync(address, new AgentMetrics(factory =>
        [
            new EventMetrics(factory, source, decoder.Counters, enrich, loop, loss),
            new CgroupMetrics(factory, source, cgroups),
            new NamingMetrics(factory, enrich.Counters, directory.Counters, runtimes),
            new SinkMetrics(factory, fanout.Workers),
            .. settings.Capture is { } capture ? [new CaptureMetrics(factory, capture, settings.Retention.KeepFree, sinks.Capture!.Removals)] : Array.Empty<IMetricGroup>(),
            .. archive is not null && sinks.Capture is { } archived ? [new UploadMetrics(factory, archived)] : Array.Empty<IMetricGroup>(),
            new ProcessMetrics(factory),
        ]), health, log.For("metrics")).ConfigureAwait(false);

        runtimes.Start();
        source.Start();
        reader.Start();
        var looping = Task.Run(() => loop.RunAsync(pipe.Reader));
        health.Attached();
        log.Info($"ready: {source.Description}");

        await Task.WhenAny(stop.Requested, looping).ConfigureAwait(false); // a source that ends completes the pipe

        health.Stopping();
        source.Stop();
        await Task.Run(reader.Finish).ConfigureAwait(false);
        await looping.ConfigureAwait(false);
        foreach (var worker in fanout.Workers)
        {
            if (!await worker.FinishAsync().ConfigureAwait(false))
            {
                log.Error($"output {worker.Sink.Counters.Name}: gave up after {SinkWorker.StallBound.TotalSeconds:0} s without progress; what it has not written is counted as dropped");
            }

            sinks.Ended(worker.Sink);
        }

        if (archive is not null)
        {
            await archive.DisposeAsync().ConfigureAwait(false); // what was sealed just now goes too
        }

        log.Info(MemoryAccount.Summary());
        log.For("containers").Info(NamingAccount.Summary(source.ReadCounters(), directory.Counters, enrich.Counters, runtimes.Status));
        if (cgroups.Summary() is { } lost)
        {
            log.Info(lost);
        }

        log.Info(loss.Summary());
        return ExitCode.Success;
    }

    private static IRecordSource OpenSource(RunSettings settings) => settings.Source switch
    {
        SourceSpec.Replay replay => ReplaySource.Open(replay.Path),
        SourceSpec.Synthetic synthetic => new SyntheticSource(synthetic.Options with { RingBytes = settings.Kernel.RingBytes }),
        _ => KernelSource.Open(settings.Kernel),
    };
}
