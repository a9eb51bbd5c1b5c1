using System.IO.Pipelines;
using NetMon.Cluster;
using NetMon.Enrichment;
using NetMon.Enrichment.Peers;
using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Workloads;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Host.Metrics;
using NetMon.Native;
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

/// <summary>Wires the whole pipeline, in the order of the data. It stops in the same order: each part ends once it can receive nothing more.</summary>
internal static class Agent
{
    // Capacity between the reader and the event loop: a burst of 30,000 events. Beyond that, records stay in the rings.
    private static readonly PipeOptions PipeOptions = new(
        pauseWriterThreshold: 4 * 1024 * 1024,
        resumeWriterThreshold: 2 * 1024 * 1024,
        minimumSegmentSize: 64 * 1024,
        readerScheduler: PipeScheduler.Inline, // the loop runs on the reader's thread: handing over to the pool would wake four threads
        useSynchronizationContext: false);

    /// <summary>Runs until a signal, the end of the duration, or the end of the source; returns the exit code.</summary>
    public static async Task<int> RunAsync(RunSettings settings, Logger log)
    {
        LossAccount? account = null;
        using var stop = new StopSignal(settings.Duration, () => GiveUp(account, log));
        var faults = new Faults();
        using var source = OpenSource(settings);
        using var recording = settings.Record is { } path ? new RecordingFile(path, log.For("record")) : null;
        var pipe = new Pipe(PipeOptions);
        var reader = new RingReader(source, pipe.Writer);
        var decoder = new RecordDecoder();
        var reports = new RuntimeReports();
        await using var runtimes = new ContainerRuntimes(settings.Runtimes, new RuntimeOptions { Naming = new PodNaming(settings.Node) { Labels = settings.PodLabels } }, reports, log.For("containers"));
        INameSource names = settings.Source is SourceSpec.Synthetic { Options: { Node: { } number } made }
            ? new SyntheticNames(new SyntheticPods(number, made.Containers), reports, () => source.ReadTime().UnixNanoseconds)
            : runtimes;
        var directory = new ContainerDirectory(new ContainerDirectoryOptions(), names, reports, source.RescanCgroups);
        var peers = new PeerTable(settings.Node);
        directory.OnPod(peers.Local.Take);
        var workloads = settings.WorkloadMetrics > 0 ? new WorkloadCounters() : null;
        using var enrich = new EnrichStage(directory, reports, peers, settings.NameWait, workloads: workloads);
        var counters = new AgentSinkCounters(settings);
        var loss = account = new LossAccount(source, reader.Counters, decoder.Counters, counters.All);
        var cgroups = new CgroupLosses(source, directory.Of);
        var sinks = AgentSinks.Open(settings, counters, loss, cgroups, directory, faults, log);
        using var rotate = new RotateSignal(() => sinks.Json?.Reopen());
        var fanout = new SinkFanout(sinks.All, source.IsLive, faults, log);
        await using var archive = UploaderProcess.Start(settings, faults.Of("uploader"), log.For("uploader"));
        var loop = new EventLoop(decoder, new EventOrder(), enrich, fanout, recording is null ? null : recording.Append);
        var health = new Health(reader, loop, faults);
        var cluster = new ClusterStatus();
        await using var kubernetes = KubernetesProcess.Start(settings, peers.Cluster, cluster, faults.Of("kubernetes"), log.For("kubernetes"));
        using var metrics = MetricsServer.Start(settings, () => new AgentMetrics(factory =>
        [
            new EventMetrics(factory, source, decoder.Counters, enrich, loop, loss),
            new CgroupMetrics(factory, source, cgroups),
            new NamingMetrics(factory, enrich.Counters, directory.Counters, runtimes),
            new PeerMetrics(factory, peers),
            .. workloads is not null ? [new WorkloadMetrics(factory, workloads, settings.WorkloadMetrics)] : Array.Empty<IMetricGroup>(),
            new SinkMetrics(factory, fanout.Workers),
            .. settings.Capture is { } capture ? [new CaptureMetrics(factory, capture, settings.Retention.KeepFree, sinks.Capture!)] : Array.Empty<IMetricGroup>(),
            .. kubernetes is not null ? [new KubernetesMetrics(factory, cluster, peers.Cluster)] : Array.Empty<IMetricGroup>(),
            .. archive is not null && sinks.Capture is { } archived ? [new UploadMetrics(factory, archived)] : Array.Empty<IMetricGroup>(),
            new FaultMetrics(factory, faults),
            new ProcessMetrics(factory),
        ]), health, faults, log);

        runtimes.Start();
        source.Start();
        reader.Start();
        var looping = Task.Run(() => loop.RunAsync(pipe.Reader));
        health.Attached();
        Privileges.GiveUp(log);
        log.Info($"ready: {source.Description}");
        ServiceManager.Ready(log);

        await Task.WhenAny(stop.Requested, looping).ConfigureAwait(false); // a source that ends completes the pipe

        health.Stopping();
        ServiceManager.Stopping(log);
        source.Stop();
        await Task.Run(reader.Finish).ConfigureAwait(false);
        await looping.ConfigureAwait(false);
        foreach (var worker in fanout.Workers)
        {
            if (!await worker.FinishAsync().ConfigureAwait(false))
            {
                log.Error($"output {worker.Sink.Counters.Name}: gave up after {SinkWorker.StallBound.TotalSeconds:0} s without progress; its unwritten events are counted as dropped");
            }

            sinks.Ended(worker.Sink);
        }

        if (archive is not null)
        {
            await archive.DisposeAsync().ConfigureAwait(false); // also uploads what was just sealed
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

    /// <summary>Ends the process when the time for shutting down is over because a disk, a pipe or a program hangs. Does not return.</summary>
    private static void GiveUp(LossAccount? account, Logger log)
    {
        log.Error($"still running {StopSignal.EndBound.TotalSeconds:0} s after the signal: something is stuck, such as the disk of --capture or --record. Exiting now; the next agent seals the files in hot/.");
        if (account is not null)
        {
            log.Info(account.Summary());
        }

        ProcessEnd.Now(ExitCode.Failure);
    }

    private static IRecordSource OpenSource(RunSettings settings) => settings.Source switch
    {
        SourceSpec.Replay replay => ReplaySource.Open(replay.Path),
        SourceSpec.Synthetic synthetic => new SyntheticSource(synthetic.Options with { RingBytes = settings.Kernel.RingBytes }),
        _ => KernelSource.Open(settings.Kernel),
    };
}
