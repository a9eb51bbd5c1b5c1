namespace NetMon.Enrichment.Runtimes;

/// <summary>The current status of a runtime, with counts since the start. For metrics and doctor.</summary>
public sealed record RuntimeStatus
{
    /// <summary>The endpoint.</summary>
    public required RuntimeEndpoint Endpoint { get; init; }

    /// <summary>The state.</summary>
    public RuntimeState State { get; init; }

    /// <summary>Whether an answer is expected soon.</summary>
    public bool IsAnswering { get; init; }

    /// <summary>Its name and version: "containerd 1.6.20". Empty until known; kept after it is lost.</summary>
    public string Version { get; init; } = "";

    /// <summary>The number of calls begun, for versions and lists.</summary>
    public long Calls { get; init; }

    /// <summary>The number of connections that failed or were lost.</summary>
    public long Failures { get; init; }

    /// <summary>The number of containers reported, with repetitions.</summary>
    public long ContainersReported { get; init; }

    /// <summary>The number of reported containers that were left out because there were too many or one was too large.</summary>
    public long LeftOut { get; init; }

    /// <summary>The number of connections after the first.</summary>
    public long Reconnects { get; init; }

    /// <summary>The number of requested ids that were dropped because too many waited.</summary>
    public long DroppedLookups { get; init; }

    /// <summary>The duration of the last call that was answered.</summary>
    public TimeSpan LastLatency { get; init; }

    /// <summary>The reason of the last failure; empty if there was none.</summary>
    public string LastFailure { get; init; } = "";
}
