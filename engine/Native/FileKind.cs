namespace NetMon.Native;

/// <summary>The type of a file; links are not followed.</summary>
public enum FileKind
{
    /// <summary>The path does not exist.</summary>
    Missing,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A FIFO; opening it may block.</summary>
    Fifo,

    /// <summary>A socket or a device.</summary>
    Other,
}
