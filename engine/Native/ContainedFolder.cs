using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>
/// A directory and what is below it, by paths that never leave it: openat2(2) with RESOLVE_BENEATH and
/// RESOLVE_NO_SYMLINKS, so that no link on the way is followed, not even one that is put there meanwhile. Paths are
/// relative, with '/'. Files it makes have mode 0640, folders 0750, whatever the umask is. Any thread; owns the directory.
/// </summary>
public sealed unsafe class ContainedFolder : IDisposable
{
    private const uint FileMode = 0x1a0; // 0640
    private const uint FolderMode = 0x1e8; // 0750
    private const int OpenAt2 = 437; // the same number everywhere (include/uapi/asm-generic/unistd.h)
    private const ulong Beneath = 0x08 | 0x04 | 0x02; // RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS
    private const int NoEntry = 2;
    private const int Exists = 17;
    private const int Invalid = 22;
    private const int WouldBlock = 11;
    private static readonly int Directory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000; // O_DIRECTORY
    private readonly List<SafeFileHandle> _outlived = [];
    private volatile SafeFileHandle _root;

    /// <summary>Opens the directory; it is made, with its parents, if it is not there. Links in the way to it are the operator's own and are followed.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public ContainedFolder(string path)
    {
        Path = path;
        _root = OpenRoot(path);
    }

    /// <summary>Where it was when it was opened, for messages.</summary>
    public string Path { get; }

    private int Root => (int)_root.DangerousGetHandle();

    /// <summary>Opens a file; null if it or its folder is not there. The caller owns the handle.</summary>
    /// <exception cref="IOException">It can't be opened, or a link is in the way.</exception>
    public SafeFileHandle? TryOpen(string path, bool writable)
    {
        var descriptor = Open(path, (writable ? Libc.OpenReadWrite : Libc.OpenReadOnly) | Libc.CloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true)
            : Marshal.GetLastPInvokeError() == NoEntry ? null
            : throw Failure($"opening {path} in {Path}");
    }

    /// <summary>Makes a file, or with <paramref name="mayExist"/> opens the one that is there, for reading and writing. The caller owns the handle.</summary>
    /// <exception cref="IOException">It can't, or a link is in the way.</exception>
    public SafeFileHandle Create(string path, bool mayExist)
    {
        var descriptor = Open(path, Libc.OpenReadWrite | Libc.OpenCreate | (mayExist ? 0 : Libc.OpenExclusive) | Libc.CloseOnExec, FileMode);
        if (descriptor < 0)
        {
            throw Failure($"making {path} in {Path}");
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        _ = Libc.ChangeMode(descriptor, FileMode);
        return handle;
    }

    /// <summary>Whether there is something of this name.</summary>
    public bool Has(string path)
    {
        using var handle = OpenPath(path);
        return handle is not null;
    }

    /// <summary>Makes a folder and those above it, unless they are there.</summary>
    /// <exception cref="IOException">It can't, or a link is in the way.</exception>
    public void MakeFolder(string path)
    {
        using (var there = OpenFolder(path))
        {
            if (there is not null)
            {
                return;
            }
        }

        var (parent, name) = Split(path);
        if (parent.Length > 0)
        {
            MakeFolder(parent);
        }

        using var within = OpenFolder(parent) ?? throw Failure($"opening the directory {parent} in {Path}");
        if (Libc.MakeFolderAt(Descriptor(within), name, FolderMode) != 0 && Marshal.GetLastPInvokeError() != Exists)
        {
            throw Failure($"making the directory {path} in {Path}");
        }

        using var made = OpenFolder(path) ?? throw Failure($"opening the directory {path} in {Path}");
        _ = Libc.ChangeMode(Descriptor(made), FolderMode);
    }

    /// <summary>Moves a file to a name that is free; false if it is taken.</summary>
    /// <exception cref="IOException">It can't; the file is where it was.</exception>
    public bool TryMove(string from, string to)
    {
        var ((fromFolder, fromName), (toFolder, toName)) = (Split(from), Split(to));
        using var source = OpenFolder(fromFolder) ?? throw Failure($"opening the directory {fromFolder} in {Path}");
        using var target = OpenFolder(toFolder) ?? throw Failure($"opening the directory {toFolder} in {Path}");
        var moved = Libc.RenameAt(Descriptor(source), fromName, Descriptor(target), toName, Libc.RenameNoReplace);
        if (moved != 0 && Marshal.GetLastPInvokeError() == Invalid && !Has(to))
        {
            // A file system that knows no RENAME_NOREPLACE. Whoever writes here holds the directory's lock.
            moved = Libc.RenameAt(Descriptor(source), fromName, Descriptor(target), toName, 0);
        }

        return moved == 0 || (Marshal.GetLastPInvokeError() == Exists ? false : throw Failure($"moving {from} to {to} in {Path}"));
    }

    /// <summary>Removes a file if it is there.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public void Delete(string path) => Remove(path, 0);

    /// <summary>Removes a folder if it is there and empty; else nothing happens.</summary>
    public void DeleteIfEmpty(string path)
    {
        try
        {
            Remove(path, Libc.RemoveFolder);
        }
        catch (IOException)
        {
            // Not empty.
        }
    }

    /// <summary>Names in a folder, in the order of their bytes; none if it is not there.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public string[] Names(string folder)
    {
        using var handle = OpenFolder(folder);
        if (handle is null)
        {
            return [];
        }

        var names = System.IO.Directory.GetFileSystemEntries($"/proc/self/fd/{Descriptor(handle)}");
        for (var index = 0; index < names.Length; index++)
        {
            names[index] = System.IO.Path.GetFileName(names[index]);
        }

        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>Regular files in a folder and their sizes; links and what is gone meanwhile are left out.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public IReadOnlyList<(string Name, long Bytes)> Files(string folder)
    {
        using var handle = OpenFolder(folder);
        return handle is null
            ? []
            : [.. new DirectoryInfo($"/proc/self/fd/{Descriptor(handle)}").EnumerateFiles()
                .Where(file => (file.Attributes & FileAttributes.ReparsePoint) == 0 && file.Exists)
                .Select(file => (file.Name, file.Length))];
    }

    /// <summary>Makes the names in a folder durable: fsync(2) of the directory.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public void SyncFolder(string path)
    {
        using var handle = OpenFolder(path);
        if (handle is null || Libc.Sync(Descriptor(handle)) != 0)
        {
            throw Failure($"syncing the directory {path} in {Path}");
        }
    }

    /// <summary>Makes a file's bytes and length durable: fdatasync(2).</summary>
    /// <exception cref="IOException">The disk lost some of it.</exception>
    public static void SyncData(SafeFileHandle file)
    {
        if (Libc.SyncData(Descriptor(file)) != 0)
        {
            throw Failure("syncing a file");
        }
    }

    /// <summary>Takes a file's lock for as long as the handle is open; false if somebody else has it. Throws <see cref="IOException"/>.</summary>
    public static bool TryLock(SafeFileHandle file) =>
        Libc.Lock(Descriptor(file), Libc.LockExclusiveNow) == 0
        || (Marshal.GetLastPInvokeError() == WouldBlock ? false : throw Failure("locking a file"));

    /// <summary>Opens the directory anew by its path, and makes it if somebody has removed it.</summary>
    /// <exception cref="IOException">It can't be opened; the old one stays.</exception>
    public void Renew()
    {
        var renewed = OpenRoot(Path);
        lock (_outlived)
        {
            _outlived.Add(_root); // another thread may be using it
            _root = renewed;
            if (_outlived.Count > 64)
            {
                _outlived[0].Dispose();
                _outlived.RemoveAt(0);
            }
        }
    }

    public void Dispose()
    {
        _outlived.ForEach(handle => handle.Dispose());
        _root.Dispose();
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

    private static (string Folder, string Name) Split(string path) =>
        path.LastIndexOf('/') is var slash and >= 0 ? (path[..slash], path[(slash + 1)..]) : ("", path);

    private static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static IOException Failure(string what)
    {
        var errno = NativeException.FromErrno(what);
        return new IOException(errno.Message, errno);
    }

    private void Remove(string path, int flags)
    {
        var (folder, name) = Split(path);
        using var within = OpenFolder(folder);
        if (within is not null && Libc.RemoveAt(Descriptor(within), name, flags) != 0 && Marshal.GetLastPInvokeError() != NoEntry)
        {
            throw Failure($"removing {path} in {Path}");
        }
    }

    private SafeFileHandle? OpenFolder(string path)
    {
        var descriptor = Open(path.Length == 0 ? "." : path, Directory | Libc.CloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true)
            : Marshal.GetLastPInvokeError() == NoEntry ? null
            : throw Failure($"opening the directory {path} in {Path}");
    }

    private SafeFileHandle? OpenPath(string path)
    {
        const int pathOnly = 0x200000; // O_PATH
        var descriptor = Open(path, pathOnly | Libc.CloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true)
            : Marshal.GetLastPInvokeError() == NoEntry ? null
            : throw Failure($"looking at {path} in {Path}");
    }

    private int Open(string path, int flags, uint mode)
    {
        var how = stackalloc ulong[3] { (ulong)(uint)flags, mode, Beneath }; // struct open_how
        var text = stackalloc byte[4096];
        var length = Encoding.UTF8.GetBytes(path, new Span<byte>(text, 4095));
        text[length] = 0;
        return (int)Libc.Syscall(OpenAt2, Root, (nint)text, (nint)how, 3 * sizeof(ulong), 0);
    }
}
