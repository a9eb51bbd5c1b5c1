using NetMon.Native;

namespace NetMon.Storage;

/// <summary>Distinguishes file system errors from bugs.</summary>
internal static class DiskFailure
{
    private const int NoSpace = 28; // ENOSPC
    private const int OverQuota = 122; // EDQUOT
    private const int AccessDenied = 13;
    private const int Exists = 17; // EEXIST
    private const int NotADirectory = 20;
    private const int IsLink = 40; // ELOOP

    /// <summary>Whether the exception is a file system error: no space, no permission, not found, I/O error.</summary>
    public static bool Is(Exception failure) => failure is IOException or UnauthorizedAccessException;

    /// <summary>Whether the error is a lack of space or inodes, or an exceeded quota.</summary>
    public static bool IsNoSpace(Exception failure) => ErrnoOf(failure) is NoSpace or OverQuota;

    /// <summary>Whether the error is that the name exists already.</summary>
    public static bool IsExisting(Exception failure) => ErrnoOf(failure) == Exists;

    /// <summary>Whether a folder is not usable: access is denied, or it is a link or not a folder.</summary>
    public static bool IsForeign(Exception failure) => failure is UnauthorizedAccessException || ErrnoOf(failure) is AccessDenied or NotADirectory or IsLink;

    /// <summary>.NET's own exceptions carry the errno in their HResult.</summary>
    private static int ErrnoOf(Exception failure) => failure.InnerException is NativeException native ? native.Errno : failure is IOException ? failure.HResult : 0;
}
