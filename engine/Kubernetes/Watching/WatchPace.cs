namespace NetMon.Kubernetes.Watching;

/// <summary>The times that a watch goes by.</summary>
internal sealed record WatchPace
{
    /// <summary>How long making a connection may take.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the beginning of an answer may take; an API server ends a list after a minute.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(70);

    /// <summary>How long a list may stand still, which no list does.</summary>
    public TimeSpan ListSilence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a watch may be silent: bookmarks come about once a minute. Then it is asked for again, from where it was.</summary>
    public TimeSpan WatchSilence { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The connection is asked for a sign of life after this long without one, and given up after as long again.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The shortest time that the server is asked to keep a watch, and half of the longest: not all nodes' end at once.</summary>
    public TimeSpan WatchTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The first pause after a failure.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A watch that has lasted this long works.</summary>
    public TimeSpan Healthy { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often it is reported how the watches are doing.</summary>
    public TimeSpan Report { get; init; } = TimeSpan.FromSeconds(2);
}
