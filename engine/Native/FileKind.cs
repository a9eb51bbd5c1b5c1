namespace NetMon.Native;

/// <summary>What a path leads to; links are not followed.</summary>
public enum FileKind
{
    /// <summary>Nothing is there.</summary>
    Missing,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A FIFO, which blocks whoever opens it.</summary>
    Fifo,

    /// <summary>A socket or a device.</summary>
    Other,
}
