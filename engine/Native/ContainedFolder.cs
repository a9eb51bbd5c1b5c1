using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>
/// A directory and what is below it, by paths that never leave it: openat2(2) with RESOLVE_BENEATH and
/// RESOLVE_NO_SYMLINKS, so that no link on the way is followed, not even one that is put there meanwhile. Paths are
/// relative, with '/'. Files it makes have mode 0640, folders 0750, whatever the umask is. Any thread; owns the directory.
/// </summary>
public sealed class ContainedFolder : IDisposable
{
    private const uint FileMode = 0x1a0; // 0640
    private const uint FolderMode = 0x1e8; // 0750
    private const int NoEntry = ContainedRoot.NoEntry;
    private const int Exists = 17;
    private const int Invalid = 22;
    private const int WouldBlock = 11;
    private readonly ContainedRoot _root;

    /// <summary>Opens the directory; it is made, with its parents, if it is not there. Links in the way to it are the operator's own and are followed.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public ContainedFolder(string path) => _root = new ContainedRoot(path);

    /// <summary>Where it was when it was opened, for messages.</summary>
    public string Path => _root.Path;

    /// <summary>Opens a regular file, which never blocks; null if it or its folder is not there. The caller owns the handle.</summary>
    /// <exception cref="IOException">It can't be opened, is no regular file, or a link is in the way.</exception>
    public SafeFileHandle? TryOpen(string path, bool writable)
    {
        if (!ExpectRegular(path))
        {
            return null;
        }

        var descriptor = _root.Open(path, (writable ? Libc.OpenReadWrite : Libc.OpenReadOnly) | Libc.OpenNonBlocking | Libc.CloseOnExec, 0);
        return descriptor >= 0 ? Regular(path, descriptor)
            : Marshal.GetLastPInvokeError() == NoEntry ? null
            : throw ContainedRoot.Failure($"opening {path} in {Path}");
    }

    /// <summary>Makes a file, or with <paramref name="mayExist"/> opens the one that is there, for reading and writing. The caller owns the handle.</summary>
    /// <exception cref="IOException">It can't, what is there is no regular file, or a link is in the way.</exception>
    public SafeFileHandle Create(string path, bool mayExist)
    {
        if (mayExist)
        {
            ExpectRegular(path);
        }

        var descriptor = _root.Open(path, Libc.OpenReadWrite | Libc.OpenCreate | (mayExist ? 0 : Libc.OpenExclusive) | Libc.OpenNonBlocking | Libc.CloseOnExec, FileMode);
        if (descriptor < 0)
        {
            throw ContainedRoot.Failure($"making {path} in {Path}");
        }

        var handle = Regular(path, descriptor);
        _ = Libc.ChangeMode(descriptor, FileMode);
        return handle;
    }

    /// <summary>Whether there is something of this name.</summary>
    public bool Has(string path)
    {
        using var handle = _root.OpenPath(path);
        return handle is not null;
    }

    /// <summary>Makes a folder and those above it, unless they are there.</summary>
    /// <exception cref="IOException">It can't, or a link is in the way.</exception>
    public void MakeFolder(string path)
    {
        using (var there = _root.OpenFolder(path))
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

        using var within = _root.OpenFolder(parent) ?? throw ContainedRoot.Failure($"opening the directory {parent} in {Path}");
        if (Libc.MakeFolderAt(ContainedRoot.Descriptor(within), name, FolderMode) != 0 && Marshal.GetLastPInvokeError() != Exists)
        {
            throw ContainedRoot.Failure($"making the directory {path} in {Path}");
        }

        using var made = _root.OpenFolder(path) ?? throw ContainedRoot.Failure($"opening the directory {path} in {Path}");
        _ = Libc.ChangeMode(ContainedRoot.Descriptor(made), FolderMode);
    }

    /// <summary>Moves a file to a name that is free; false if it is taken.</summary>
    /// <exception cref="IOException">It can't; the file is where it was.</exception>
    public bool TryMove(string from, string to)
    {
        var ((fromFolder, fromName), (toFolder, toName)) = (Split(from), Split(to));
        using var source = _root.OpenFolder(fromFolder) ?? throw ContainedRoot.Failure($"opening the directory {fromFolder} in {Path}");
        using var target = _root.OpenFolder(toFolder) ?? throw ContainedRoot.Failure($"opening the directory {toFolder} in {Path}");
        var moved = Libc.RenameAt(ContainedRoot.Descriptor(source), fromName, ContainedRoot.Descriptor(target), toName, Libc.RenameNoReplace);
        if (moved != 0 && Marshal.GetLastPInvokeError() == Invalid && !Has(to))
        {
            // A file system that knows no RENAME_NOREPLACE. Whoever writes here holds the directory's lock.
            moved = Libc.RenameAt(ContainedRoot.Descriptor(source), fromName, ContainedRoot.Descriptor(target), toName, 0);
        }

        return moved == 0 || (Marshal.GetLastPInvokeError() == Exists ? false : throw ContainedRoot.Failure($"moving {from} to {to} in {Path}"));
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

    /// <summary>Names of the folders in a folder, in the order of their bytes; none if it is not there. Links and what else is there are left out.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public string[] Folders(string folder) => [.. Entries(folder).Where(entry => entry.Kind == FileKind.Directory).Select(entry => entry.Name)];

    /// <summary>Names of the regular files in a folder, in the order of their bytes; none if it is not there.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public string[] FileNames(string folder) => [.. Files(folder).Select(file => file.Name)];

    /// <summary>Regular files in a folder and their sizes, by name; links, FIFOs and what is gone meanwhile are left out.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public IReadOnlyList<(string Name, long Bytes)> Files(string folder) =>
        [.. Entries(folder).Where(entry => entry.Kind == FileKind.Regular).Select(entry => (entry.Name, entry.Bytes))];

    /// <summary>The same, those that were not written to for the longest time first.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public IReadOnlyList<(string Name, long Bytes)> FilesByAge(string folder) =>
        [.. Entries(folder).Where(entry => entry.Kind == FileKind.Regular).OrderBy(entry => entry.Modified).Select(entry => (entry.Name, entry.Bytes))];

    /// <summary>Makes the names in a folder durable: fsync(2) of the directory.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public void SyncFolder(string path)
    {
        using var handle = _root.OpenFolder(path);
        if (handle is null || Libc.Sync(ContainedRoot.Descriptor(handle)) != 0)
        {
            throw ContainedRoot.Failure($"syncing the directory {path} in {Path}");
        }
    }

    /// <summary>Makes a file's bytes and length durable: fdatasync(2).</summary>
    /// <exception cref="IOException">The disk lost some of it.</exception>
    public static void SyncData(SafeFileHandle file)
    {
        if (Libc.SyncData(ContainedRoot.Descriptor(file)) != 0)
        {
            throw ContainedRoot.Failure("syncing a file");
        }
    }

    /// <summary>Takes a file's lock for as long as the handle is open; false if somebody else has it. Throws <see cref="IOException"/>.</summary>
    public static bool TryLock(SafeFileHandle file) =>
        Libc.Lock(ContainedRoot.Descriptor(file), Libc.LockExclusiveNow) == 0
        || (Marshal.GetLastPInvokeError() == WouldBlock ? false : throw ContainedRoot.Failure("locking a file"));

    /// <summary>Opens the directory again by its path, and creates it if somebody has removed it.</summary>
    /// <exception cref="IOException">It can't be opened; the old one stays.</exception>
    public void Renew() => _root.Renew();

    /// <summary>Whether the path leads to another directory by now: a file system was mounted there, or unmounted.</summary>
    public bool IsElsewhere() => _root.IsElsewhere();

    public void Dispose() => _root.Dispose();

    private List<FolderEntry> Entries(string folder)
    {
        using var handle = _root.OpenFolder(folder);
        return handle is null ? [] : FolderEntry.In(handle);
    }

    /// <summary>False where there is nothing. A device is not even opened, because that alone may do something.</summary>
    private bool ExpectRegular(string path)
    {
        using var there = _root.OpenPath(path);
        return there is not null && IsRegular(path, there);
    }

    private SafeFileHandle Regular(string path, int descriptor)
    {
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            IsRegular(path, handle); // something else may have taken the name
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private bool IsRegular(string path, SafeFileHandle handle) =>
        FileInode.OwnerOf(ContainedRoot.Descriptor(handle)) is { } owner && RegularFile.KindOf(owner.Mode) == FileKind.Regular
            ? true
            : throw new IOException($"{path} in {Path} is no regular file");

    private static (string Folder, string Name) Split(string path) =>
        path.LastIndexOf('/') is var slash and >= 0 ? (path[..slash], path[(slash + 1)..]) : ("", path);

    private void Remove(string path, int flags)
    {
        var (folder, name) = Split(path);
        using var within = _root.OpenFolder(folder);
        if (within is not null && Libc.RemoveAt(ContainedRoot.Descriptor(within), name, flags) != 0 && Marshal.GetLastPInvokeError() != NoEntry)
        {
            throw ContainedRoot.Failure($"removing {path} in {Path}");
        }
    }
}
