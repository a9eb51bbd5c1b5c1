namespace NetMon.Kubernetes.Watching;

/// <summary>The timeouts and intervals of a watch.</summary>
internal sealed record WatchPace
{
    /// <summary>The timeout for connecting.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The timeout for the start of an answer; an API server ends a list after a minute.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(70);

    /// <summary>The maximum time without data in a list.</summary>
    public TimeSpan ListSilence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum time without data in a watch: bookmarks arrive about once a minute. Then the watch is requested again, from its last version.</summary>
    public TimeSpan WatchSilence { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The idle time after which the connection is pinged, and the timeout of the ping.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The shortest duration requested for a watch; the longest is twice that, so that the watches of all nodes do not end at once.</summary>
    public TimeSpan WatchTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The first pause after a failure.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The duration after which a watch counts as working.</summary>
    public TimeSpan Healthy { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the state of the watches is reported.</summary>
    public TimeSpan Report { get; init; } = TimeSpan.FromSeconds(2);
}
