namespace NetMon.Cluster;

/// <summary>How the watch of a kind is doing.</summary>
public enum WatchPhase
{
    /// <summary>The first list, or a new one, is on its way.</summary>
    Listing,

    /// <summary>Changes arrive as they happen.</summary>
    Watching,

    /// <summary>The API server does not answer, or refuses. What is known stays.</summary>
    Away,
}
