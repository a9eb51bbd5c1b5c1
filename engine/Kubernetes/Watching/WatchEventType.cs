namespace NetMon.Kubernetes.Watching;

/// <summary>What an event of a watch says.</summary>
internal enum WatchEventType
{
    /// <summary>Nothing that is known here.</summary>
    Other,

    /// <summary>The object is new or has changed (ADDED, MODIFIED).</summary>
    Changed,

    /// <summary>It is gone (DELETED).</summary>
    Deleted,

    /// <summary>Nothing has changed up to this version (BOOKMARK).</summary>
    Bookmark,

    /// <summary>The watch can't go on (ERROR); the object is a Status.</summary>
    Error,
}
