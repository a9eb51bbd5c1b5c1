namespace NetMon.Cluster;

/// <summary>The state of a kind's watch.</summary>
public enum WatchPhase
{
    /// <summary>Receiving a list of all objects.</summary>
    Listing,

    /// <summary>Receiving changes as they happen.</summary>
    Watching,

    /// <summary>Interrupted: the API server does not answer, or rejects requests. Known objects are kept.</summary>
    Away,
}
