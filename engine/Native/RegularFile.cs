using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>Opens files without following links and without blocking. Thread-safe.</summary>
public static class RegularFile
{
    private const int NoEntry = 2;
    private const int NotADirectory = 20;
    private const int AccessDenied = 13;
    private const int NotPermitted = 1;
    private const int IsLink = 40; // ELOOP
    private const int NoReader = 6; // ENXIO
    private const int TypeMask = 0xf000;

    /// <summary>Returns the type of a path.</summary>
    /// <exception cref="UnauthorizedAccessException">A directory on the path may not be searched.</exception>
    /// <exception cref="IOException">The type can't be determined.</exception>
    public static FileKind KindOf(string path) => FileInode.TypeOf(path) is { } mode ? KindOf(mode) : Failure(path) is { } failure ? throw failure : FileKind.Missing;

    /// <summary>Whether this process's effective user owns the file; false if unknown.</summary>
    public static bool IsOwn(string path) => FileInode.UserOf(path) == Libc.EffectiveUser();

    /// <summary>Whether two paths lead to the same file, following links, or would if it were created.</summary>
    public static bool IsSame(string one, string other) =>
        Path.GetFullPath(one) == Path.GetFullPath(other) || (FileInode.IdentityOf(one) is { } identity && FileInode.IdentityOf(other) == identity);

    /// <summary>Creates a file for writing with mode 0640, or truncates an existing one. The caller owns the handle.</summary>
    /// <exception cref="UnauthorizedAccessException">Write access is denied.</exception>
    /// <exception cref="IOException">The path is a link, or can't be opened.</exception>
    public static SafeFileHandle Create(string path)
    {
        const uint mode = 0x1a0; // 0640
        var descriptor = Libc.Open(path, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenTruncate | Libc.CloseOnExec | Libc.OpenNonBlocking | Libc.OpenNoFollow, mode);
        if (descriptor < 0)
        {
            throw Failure(path) ?? new FileNotFoundException($"{path}: no such directory", path);
        }

        var flags = Libc.Control(descriptor, Libc.ReadStatusFlags, 0);
        _ = Libc.Control(descriptor, Libc.SetStatusFlags, flags & ~Libc.OpenNonBlocking);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Opens a regular file for reading, without blocking. The caller owns the handle.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">Read access is denied.</exception>
    /// <exception cref="IOException">The file is not a regular file, or can't be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        Expect(KindOf(path), path);
        var descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.CloseOnExec | Libc.OpenNonBlocking | Libc.OpenNoFollow, 0);
        if (descriptor < 0)
        {
            throw Failure(path) ?? new FileNotFoundException($"{path} no longer exists", path);
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            // Another file may have taken the name since the check.
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
            case FileKind.Missing: throw new FileNotFoundException($"{path} does not exist", path);
            case FileKind.Directory: throw new IOException($"{path} is a directory");
            case FileKind.Link: throw new IOException($"{path} is a symbolic link");
            case FileKind.Fifo: throw new IOException($"{path} is a FIFO");
            default: throw new IOException($"{path} is not a regular file");
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

    /// <summary>Returns the exception for the last error; null if the path does not exist.</summary>
    private static Exception? Failure(string path) => Marshal.GetLastPInvokeError() switch
    {
        NoEntry or NotADirectory => null,
        IsLink => new IOException($"{path} is a symbolic link, and links are not followed"),
        NoReader => new IOException($"{path} is a FIFO that nobody has open for reading"),
        AccessDenied or NotPermitted => new UnauthorizedAccessException($"permission denied: {path}"),
        var error => new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}"),
    };
}
