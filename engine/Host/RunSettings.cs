using System.Net;
using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Workloads;
using NetMon.Foundation.Logging;
using NetMon.Pipeline.Json;
using NetMon.Sources.Kernel;

namespace NetMon.Host;

/// <summary>All settings of <c>netmon run</c>, validated.</summary>
internal sealed record RunSettings
{
    /// <summary>The node's name in events.</summary>
    public required string Node { get; init; }

    /// <summary>"-" for stdout, a path to append to, or null for no JSON.</summary>
    public required string? Json { get; init; }

    /// <summary>The naming scheme of a line's keys.</summary>
    public required JsonFormat JsonFormat { get; init; }

    /// <summary>The capture directory; null for none.</summary>
    public required string? Capture { get; init; }

    /// <summary>How soon events are durable, how long they are kept, and the free space to keep.</summary>
    public required StorageSettings Retention { get; init; }

    /// <summary>How long to run; null for no limit.</summary>
    public required TimeSpan? Duration { get; init; }

    /// <summary>The source of the records.</summary>
    public required SourceSpec Source { get; init; }

    /// <summary>A file to record the raw stream to; null for none.</summary>
    public required string? Record { get; init; }

    /// <summary>The runtimes to query for containers' names.</summary>
    public required IReadOnlyList<RuntimeEndpoint> Runtimes { get; init; }

    /// <summary>The pod labels to add to events.</summary>
    public required PodLabelChoice PodLabels { get; init; }

    /// <summary>The Kubernetes API that provides names of peers; null for none.</summary>
    public required KubernetesSettings? Kubernetes { get; init; }

    /// <summary>The maximum time that an event waits for its container's name; zero: no wait.</summary>
    public required TimeSpan NameWait { get; init; }

    /// <summary>The listening address for metrics and health; null for none.</summary>
    public required IPEndPoint? Metrics { get; init; }

    /// <summary>An additional listening address for health probes; null for none.</summary>
    public required IPEndPoint? Health { get; init; }

    /// <summary>The number of workloads with metrics; 0: nothing is counted by workload.</summary>
    public required int WorkloadMetrics { get; init; }

    /// <summary>The format of log lines, also passed to child processes.</summary>
    public required LogFormat LogFormat { get; init; }

    /// <summary>Options of the kernel source.</summary>
    public required KernelSourceOptions Kernel { get; init; }
}
