namespace NetMon.Enrichment.Runtimes;

/// <summary>One runtime, as it stands now; the counts are from the start. For metrics and for doctor.</summary>
public sealed record RuntimeStatus
{
    /// <summary>Which one.</summary>
    public required RuntimeEndpoint Endpoint { get; init; }

    /// <summary>How it stands with it.</summary>
    public RuntimeState State { get; init; }

    /// <summary>True when an answer can be hoped for soon.</summary>
    public bool IsAnswering { get; init; }

    /// <summary>What it said it is: "containerd 1.6.20". Empty until it did; kept while it is lost.</summary>
    public string Version { get; init; } = "";

    /// <summary>Calls begun: versions and lists.</summary>
    public long Calls { get; init; }

    /// <summary>Connections that did not come about or were lost.</summary>
    public long Failures { get; init; }

    /// <summary>Containers it told of, each time it did.</summary>
    public long ContainersTold { get; init; }

    /// <summary>Containers it told of that were left out, because there were too many at once or one was too large.</summary>
    public long LeftOut { get; init; }

    /// <summary>Connections after the first.</summary>
    public long Reconnects { get; init; }

    /// <summary>Ids that were asked for and given up because too many waited.</summary>
    public long ForgottenAsks { get; init; }

    /// <summary>How long the last call that was answered took.</summary>
    public TimeSpan LastLatency { get; init; }

    /// <summary>Why it failed last; empty when it never did.</summary>
    public string LastFailure { get; init; } = "";
}
