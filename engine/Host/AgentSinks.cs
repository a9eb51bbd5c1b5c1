using NetMon.Enrichment;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Pipeline.Json;
using NetMon.Storage;

namespace NetMon.Host;

/// <summary>The configured sinks; null for one that is not configured.</summary>
internal sealed class AgentSinks
{
    /// <summary>How long the capture sink waits at the end for the JSON sink: longer than a JSON write may block.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualResetEventSlim _linesEnded;

    private AgentSinks(JsonSink? json, CaptureSink? capture, ManualResetEventSlim linesEnded) => (Json, Capture, _linesEnded) = (json, capture, linesEnded);

    public JsonSink? Json { get; }

    public CaptureSink? Capture { get; }

    /// <summary>All configured sinks.</summary>
    public IReadOnlyList<IEventSink> All => [.. ((IEventSink?[])[Json, Capture]).OfType<IEventSink>()];

    /// <summary>Reports that a sink has ended or was abandoned, and drops nothing more.</summary>
    public void Ended(IEventSink sink)
    {
        if (sink == Json)
        {
            _linesEnded.Set();
        }
    }

    /// <summary>Opens the sinks. Their workers close them.</summary>
    /// <exception cref="CaptureDirectoryException">The capture directory can't be used.</exception>
    public static AgentSinks Open(RunSettings settings, AgentSinkCounters counters, LossAccount loss, CgroupLosses cgroups, ContainerDirectory directory, Faults faults, Logger log)
    {
        var linesEnded = new ManualResetEventSlim(settings.Json is null);
        return new AgentSinks(
            settings.Json is { } json ? OpenJson(json, settings, counters.Json, faults.Of(JsonSink.Stage), log.For("json")) : null,
            settings.Capture is { } capture ? OpenCapture(capture, settings, counters.Capture, loss, cgroups, directory, () => linesEnded.Wait(Patience), faults, log.For("storage")) : null,
            linesEnded);
    }

    private static JsonSink OpenJson(string path, RunSettings settings, SinkCounters counters, FaultState fault, Logger log) =>
        new(JsonOutput.Open(path, log), EventLine.Of(settings.JsonFormat, settings.Node), counters, fault, log);

    private static CaptureSink OpenCapture(string path, RunSettings settings, SinkCounters counters, LossAccount loss, CgroupLosses cgroups, ContainerDirectory directory, Action awaitOthers, Faults faults, Logger log)
    {
        var options = new CaptureSinkOptions
        {
            CaptureDirectory = path,
            Node = settings.Node,
            AgentVersion = AgentVersion.Text,
            BootId = BootId.Read(),
            DurableWithin = settings.Retention.DurableWithin,
            RetainFor = settings.Retention.RetainFor,
            RetainRollups = settings.Retention.RetainRollups,
            RetainBytes = settings.Retention.RetainBytes,
            KeepFree = settings.Retention.KeepFree,
            Archive = settings.Retention.Archive,
            AwaitOthers = awaitOthers,
            Faults = faults,
            LossTotals = loss.Totals,
            LossCgroups = cgroups.Totals,
            ContainerOf = cgroups.ContainerOf,
            NamesOf = container => directory.Of(container.ContainerId),
            NodeAddresses = settings.Source is SourceSpec.Kernel ? NodeAddresses.Read : null, // events of other sources are not from this machine
        };
        var sink = new CaptureSink(options, counters, log);
        directory.OnPod(pod => sink.TakeOwner(PodOwners.Of(pod)));
        return sink;
    }
}
