using NetMon.Native;

namespace NetMon.Storage;

/// <summary>Tells what the world does to files from mistakes in the program.</summary>
internal static class DiskFailure
{
    private const int NoSpace = 28; // ENOSPC
    private const int OverQuota = 122; // EDQUOT
    private const int AccessDenied = 13;
    private const int NotADirectory = 20;
    private const int IsLink = 40; // ELOOP

    /// <summary>Whether the file system refused something: no space, no permission, not there, broken.</summary>
    public static bool Is(Exception failure) => failure is IOException or UnauthorizedAccessException;

    /// <summary>Whether it refused it for want of space, of inodes or by a quota.</summary>
    public static bool IsNoSpace(Exception failure) => ErrnoOf(failure) is NoSpace or OverQuota;

    /// <summary>Whether a folder is none of ours: it may not be read, is a link, or no folder at all.</summary>
    public static bool IsForeign(Exception failure) => failure is UnauthorizedAccessException || ErrnoOf(failure) is AccessDenied or NotADirectory or IsLink;

    /// <summary>.NET's own exceptions have the errno as their HResult.</summary>
    private static int ErrnoOf(Exception failure) => failure.InnerException is NativeException native ? native.Errno : failure is IOException ? failure.HResult : 0;
}
