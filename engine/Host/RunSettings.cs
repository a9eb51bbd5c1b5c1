using System.Net;
using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Workloads;
using NetMon.Foundation.Logging;
using NetMon.Pipeline.Json;
using NetMon.Sources.Kernel;

namespace NetMon.Host;

/// <summary>Everything that <c>netmon run</c> goes by, checked.</summary>
internal sealed record RunSettings
{
    /// <summary>The node's name in every event.</summary>
    public required string Node { get; init; }

    /// <summary>"-" for stdout, a path to append to, or null for no JSON.</summary>
    public required string? Json { get; init; }

    /// <summary>What the keys of a line are called.</summary>
    public required JsonFormat JsonFormat { get; init; }

    /// <summary>Where the Parquet files go; null for none.</summary>
    public required string? Capture { get; init; }

    /// <summary>How soon events are durable, how long they are kept, and what stays free.</summary>
    public required StorageSettings Retention { get; init; }

    /// <summary>When to stop by itself; null for never.</summary>
    public required TimeSpan? Duration { get; init; }

    /// <summary>Where the records come from.</summary>
    public required SourceSpec Source { get; init; }

    /// <summary>A file to record the raw stream to; null for none.</summary>
    public required string? Record { get; init; }

    /// <summary>Whom to ask for containers' names.</summary>
    public required IReadOnlyList<RuntimeEndpoint> Runtimes { get; init; }

    /// <summary>The labels of pods that events have.</summary>
    public required PodLabelChoice PodLabels { get; init; }

    /// <summary>Which Kubernetes API names peers; null for none.</summary>
    public required KubernetesSettings? Kubernetes { get; init; }

    /// <summary>How long an event may wait for its container's name; zero: not at all.</summary>
    public required TimeSpan NameWait { get; init; }

    /// <summary>Where metrics and health are asked for; null for nowhere.</summary>
    public required IPEndPoint? Metrics { get; init; }

    /// <summary>Where probes ask for health, beside <see cref="Metrics"/>; null for nowhere.</summary>
    public required IPEndPoint? Health { get; init; }

    /// <summary>The form of log lines, for programs that the agent starts.</summary>
    public required LogFormat LogFormat { get; init; }

    /// <summary>How to trace.</summary>
    public required KernelSourceOptions Kernel { get; init; }
}
