namespace NetMon.Enrichment.Runtimes;

/// <summary>The state of a runtime.</summary>
public enum RuntimeState
{
    /// <summary>Its socket does not exist, or is another endpoint's under a different path.</summary>
    Absent,

    /// <summary>Its socket exists; version and first list have not arrived yet.</summary>
    Connecting,

    /// <summary>It has returned its version and all its containers.</summary>
    Connected,

    /// <summary>It failed and will be retried.</summary>
    BackOff,
}
