using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>The directory of a <see cref="ContainedFolder"/>: opens its descendants only. Thread-safe; owns its descriptor.</summary>
internal sealed unsafe class ContainedRoot : IDisposable
{
    public const int NoEntry = 2;
    private const int OpenAt2 = 437; // the same number on all architectures (include/uapi/asm-generic/unistd.h)
    private const ulong Beneath = 0x08 | 0x04 | 0x02; // RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS

    /// <summary>The number of replaced descriptors that stay open, as another thread may be using one.</summary>
    private const int MostOutlived = 64;

    private static readonly int Directory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000; // O_DIRECTORY
    private readonly List<SafeFileHandle> _outlived = [];
    private volatile SafeFileHandle _root;

    /// <summary>Opens the directory; creates it with its parents if missing.</summary>
    /// <exception cref="IOException">The directory can't be opened.</exception>
    public ContainedRoot(string path)
    {
        Path = path;
        _root = OpenRoot(path);
    }

    /// <summary>Its path when it was opened, for messages.</summary>
    public string Path { get; }

    public static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    /// <summary>Returns the last error of a system call as an exception.</summary>
    public static IOException Failure(string what)
    {
        var errno = NativeException.FromErrno(what);
        return new IOException(errno.Message, errno);
    }

    /// <summary>Opens the directory again by its path; creates it if it was removed.</summary>
    /// <exception cref="IOException">The directory can't be opened; the old one stays in use.</exception>
    public void Renew()
    {
        var renewed = OpenRoot(Path);
        lock (_outlived)
        {
            _outlived.Add(_root);
            _root = renewed;
            if (_outlived.Count > MostOutlived)
            {
                _outlived[0].Dispose();
                _outlived.RemoveAt(0);
            }
        }
    }

    /// <summary>Whether the path now leads to another directory.</summary>
    public bool IsElsewhere()
    {
        var descriptor = Libc.Open(Path, Directory | Libc.OpenPath | Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return false; // the path does not exist
        }

        using var there = new SafeFileHandle(descriptor, ownsHandle: true);
        return FileInode.IdentityOf(descriptor) is { } identity && FileInode.IdentityOf(Descriptor(_root)) is { } own && identity != own;
    }

    public void Dispose()
    {
        _outlived.ForEach(handle => handle.Dispose());
        _root.Dispose();
    }

    /// <summary>Opens a folder; null if it does not exist.</summary>
    /// <exception cref="IOException">The folder can't be opened, or the path contains a link.</exception>
    public SafeFileHandle? OpenFolder(string path)
    {
        var descriptor = Open(path.Length == 0 ? "." : path, Directory | Libc.CloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true)
            : Marshal.GetLastPInvokeError() == NoEntry ? null
            : throw Failure($"opening the directory {path} in {Path}");
    }

    /// <summary>Opens any file without access to its content; null if it does not exist.</summary>
    /// <exception cref="IOException">The file can't be accessed.</exception>
    public SafeFileHandle? OpenPath(string path)
    {
        const int pathOnly = 0x200000; // O_PATH
        var descriptor = Open(path, pathOnly | Libc.CloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true)
            : Marshal.GetLastPInvokeError() == NoEntry ? null
            : throw Failure($"examining {path} in {Path}");
    }

    /// <summary>Calls openat2(2) on a path below the directory; returns a descriptor, or -1 with errno set.</summary>
    public int Open(string path, int flags, uint mode)
    {
        var how = stackalloc ulong[3] { (ulong)(uint)flags, mode, Beneath }; // struct open_how
        var text = stackalloc byte[4096];
        var length = Encoding.UTF8.GetBytes(path, new Span<byte>(text, 4095));
        text[length] = 0;
        return (int)Libc.Syscall(OpenAt2, Descriptor(_root), (nint)text, (nint)how, 3 * sizeof(ulong), 0);
    }

    private static SafeFileHandle OpenRoot(string path)
    {
        MakeRoot(path);
        var descriptor = Libc.Open(path, Directory | Libc.CloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure($"opening the directory {path}");
    }

    private static void MakeRoot(string path)
    {
        if (System.IO.Directory.Exists(path))
        {
            return;
        }

        if (System.IO.Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            MakeRoot(parent);
        }

        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        System.IO.Directory.CreateDirectory(path, mode);
        File.SetUnixFileMode(path, mode);
    }
}
