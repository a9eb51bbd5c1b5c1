using NetMon.Enrichment;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Pipeline.Json;
using NetMon.Storage;

namespace NetMon.Host;

/// <summary>The sinks that the settings ask for, by name; null for one that is not asked for.</summary>
internal sealed record AgentSinks(JsonSink? Json, CaptureSink? Capture)
{
    /// <summary>Those that there are.</summary>
    public IReadOnlyList<IEventSink> All { get; } = [.. ((IEventSink?[])[Json, Capture]).OfType<IEventSink>()];

    /// <summary>Opens them. Who closes them is the worker of each.</summary>
    /// <exception cref="CaptureDirectoryException">The capture directory can't be used.</exception>
    public static AgentSinks Open(RunSettings settings, AgentSinkCounters counters, LossAccount loss, CgroupLosses cgroups, ContainerDirectory directory, Faults faults, Logger log) => new(
        settings.Json is { } json ? OpenJson(json, settings, counters.Json, faults.Of(JsonSink.Stage), log.For("json")) : null,
        settings.Capture is { } capture ? OpenCapture(capture, settings, counters.Capture, loss, cgroups, directory, log.For("storage")) : null);

    private static JsonSink OpenJson(string path, RunSettings settings, SinkCounters counters, FaultState fault, Logger log) =>
        new(JsonOutput.Open(path, log), EventLine.Of(settings.JsonFormat, settings.Node), counters, fault, log);

    private static CaptureSink OpenCapture(string path, RunSettings settings, SinkCounters counters, LossAccount loss, CgroupLosses cgroups, ContainerDirectory directory, Logger log)
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
            LossTotals = loss.Totals,
            LossCgroups = cgroups.Totals,
            ContainerOf = cgroups.ContainerOf,
            NamesOf = container => directory.Of(container.ContainerId),
        };
        return new CaptureSink(options, counters, log);
    }
}
