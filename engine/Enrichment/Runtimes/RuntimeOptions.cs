using NetMon.Enrichment.Runtimes.Cri;
using NetMon.Enrichment.Runtimes.Docker;
using NetMon.Enrichment.Workloads;

namespace NetMon.Enrichment.Runtimes;

/// <summary>How runtimes are asked.</summary>
public sealed record RuntimeOptions
{
    /// <summary>How long a call may take before the connection counts as lost. A node with much to do answers late.</summary>
    public TimeSpan CallDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From the end of one list call to the next; what is asked for in between goes out in one call.</summary>
    public TimeSpan AskGap { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a call may be under way with the runtime still counting as answering.</summary>
    public TimeSpan AnsweringBound { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a socket that is missing is looked for.</summary>
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the first failure to the next attempt; doubled with each further one.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest time between attempts, but for a jitter of a fifth.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Ids that may wait for one runtime; beyond, the oldest is forgotten.</summary>
    public int WantedLimit { get; init; } = 4096;

    /// <summary>The clock of all waits and bounds.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How pods become workloads.</summary>
    public PodNaming Naming { get; init; } = new("");

    /// <summary>Makes an unconnected runtime for each connection; the link disposes of it.</summary>
    public Func<RuntimeEndpoint, PodNaming, IContainerRuntime> Open { get; init; } = static (endpoint, naming) => endpoint.Kind switch
    {
        RuntimeKind.Docker => new DockerRuntime(endpoint.SocketPath, naming),
        _ => new CriRuntime(endpoint.SocketPath, naming),
    };
}
