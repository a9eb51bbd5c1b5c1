using NetMon.Enrichment.Runtimes.Cri;
using NetMon.Enrichment.Runtimes.Docker;
using NetMon.Enrichment.Workloads;

namespace NetMon.Enrichment.Runtimes;

/// <summary>Options for querying runtimes.</summary>
public sealed record RuntimeOptions
{
    /// <summary>The timeout of a call, after which the connection counts as lost. A busy node answers late.</summary>
    public TimeSpan CallDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time from the end of a list call to the next; requests in between are combined into one call.</summary>
    public TimeSpan AskGap { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a call may take with the runtime still considered responsive.</summary>
    public TimeSpan AnsweringBound { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a missing socket is checked.</summary>
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause after the first failure; doubles with each further one.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause between attempts, apart from a jitter of a fifth.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The maximum number of ids that wait for a runtime; beyond it, the oldest is dropped.</summary>
    public int WantedLimit { get; init; } = 4096;

    /// <summary>The clock for all waits and limits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Determines workloads of pods.</summary>
    public PodNaming Naming { get; init; } = new("");

    /// <summary>Creates an unconnected runtime for each connection; the link disposes it.</summary>
    public Func<RuntimeEndpoint, PodNaming, IContainerRuntime> Open { get; init; } = static (endpoint, naming) => endpoint.Kind switch
    {
        RuntimeKind.Docker => new DockerRuntime(endpoint.SocketPath, naming),
        _ => new CriRuntime(endpoint.SocketPath, naming),
    };
}
