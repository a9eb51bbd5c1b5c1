namespace NetMon.Enrichment.Runtimes;

/// <summary>How it stands with a runtime.</summary>
public enum RuntimeState
{
    /// <summary>Its socket does not exist, or is another endpoint's by another path.</summary>
    Absent,

    /// <summary>Its socket exists; version and first list have not come yet.</summary>
    Connecting,

    /// <summary>It has told its version and all its containers.</summary>
    Connected,

    /// <summary>It failed and will be tried again.</summary>
    BackOff,
}
