using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>Opens regular files and nothing else: no link is followed, and no FIFO or device is opened. Any thread.</summary>
public static class RegularFile
{
    private const int NoEntry = 2;
    private const int NotADirectory = 20;
    private const int AccessDenied = 13;
    private const int NotPermitted = 1;
    private const int TypeMask = 0xf000;

    /// <summary>What a path leads to.</summary>
    /// <exception cref="UnauthorizedAccessException">A directory on the way may not be searched.</exception>
    /// <exception cref="IOException">It can't be told.</exception>
    public static FileKind KindOf(string path) => FileInode.TypeOf(path) is { } mode ? KindOf(mode) : Failure(path) is { } failure ? throw failure : FileKind.Missing;

    /// <summary>Whether this process's effective user owns what the path leads to; false where it can't be told.</summary>
    public static bool IsOwn(string path) => FileInode.UserOf(path) == Libc.EffectiveUser();

    /// <summary>Opens a regular file for reading, which does not block. The caller owns the handle.</summary>
    /// <exception cref="FileNotFoundException">There is nothing.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading it is not permitted.</exception>
    /// <exception cref="IOException">It is no regular file, or can't be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        Expect(KindOf(path), path);
        var descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.CloseOnExec | Libc.OpenNonBlocking | Libc.OpenNoFollow, 0);
        if (descriptor < 0)
        {
            throw Failure(path) ?? new FileNotFoundException($"{path} is not there any more", path);
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            // Something else may have taken the name since it was looked at.
            Expect(FileInode.OwnerOf(descriptor) is { } owner ? KindOf(owner.Mode) : FileKind.Other, path);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void Expect(FileKind kind, string path)
    {
        switch (kind)
        {
            case FileKind.Regular: return;
            case FileKind.Missing: throw new FileNotFoundException($"{path} is not there", path);
            case FileKind.Directory: throw new IOException($"{path} is a directory");
            case FileKind.Link: throw new IOException($"{path} is a symbolic link");
            case FileKind.Fifo: throw new IOException($"{path} is a FIFO");
            default: throw new IOException($"{path} is no regular file");
        }
    }

    internal static FileKind KindOf(int mode) => (mode & TypeMask) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Directory,
        0xa000 => FileKind.Link,
        0x1000 => FileKind.Fifo,
        _ => FileKind.Other,
    };

    /// <summary>Null where nothing is there.</summary>
    private static Exception? Failure(string path) => Marshal.GetLastPInvokeError() switch
    {
        NoEntry or NotADirectory => null,
        AccessDenied or NotPermitted => new UnauthorizedAccessException($"permission denied: {path}"),
        var error => new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}"),
    };
}
