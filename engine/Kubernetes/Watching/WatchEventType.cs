namespace NetMon.Kubernetes.Watching;

/// <summary>The type of a watch event.</summary>
internal enum WatchEventType
{
    /// <summary>An unknown type.</summary>
    Other,

    /// <summary>The object was created or modified (ADDED, MODIFIED).</summary>
    Changed,

    /// <summary>The object was deleted (DELETED).</summary>
    Deleted,

    /// <summary>Nothing else has changed up to this version (BOOKMARK).</summary>
    Bookmark,

    /// <summary>The watch can't continue (ERROR); the object is a Status.</summary>
    Error,
}
