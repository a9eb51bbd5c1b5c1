using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>
/// A directory and its descendants, accessed by paths that can't leave it: openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS does not
/// follow links, including those created meanwhile. Paths are relative, with '/'. New files have mode 0640 and folders 0750, regardless of
/// the umask. Thread-safe; owns the directory's descriptor.
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

    /// <summary>Opens the directory; creates it with its parents if missing. Links on the path to it are the operator's and are followed.</summary>
    /// <exception cref="IOException">The directory can't be opened.</exception>
    public ContainedFolder(string path) => _root = new ContainedRoot(path);

    /// <summary>Its path when it was opened, for messages.</summary>
    public string Path => _root.Path;

    /// <summary>Opens a regular file without blocking; null if the file or its folder does not exist. The caller owns the handle.</summary>
    /// <exception cref="IOException">The file can't be opened, is not a regular file, or the path contains a link.</exception>
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

    /// <summary>Creates a file for reading and writing, or opens an existing one if <paramref name="mayExist"/>. The caller owns the handle.</summary>
    /// <exception cref="IOException">The file can't be created, is not a regular file, or the path contains a link.</exception>
    public SafeFileHandle Create(string path, bool mayExist)
    {
        if (mayExist)
        {
            ExpectRegular(path);
        }

        var descriptor = _root.Open(path, Libc.OpenReadWrite | Libc.OpenCreate | (mayExist ? 0 : Libc.OpenExclusive) | Libc.OpenNonBlocking | Libc.CloseOnExec, FileMode);
        if (descriptor < 0)
        {
            throw ContainedRoot.Failure($"creating {path} in {Path}");
        }

        var handle = Regular(path, descriptor);
        _ = Libc.ChangeMode(descriptor, FileMode);
        return handle;
    }

    /// <summary>Whether a name exists.</summary>
    public bool Has(string path)
    {
        using var handle = _root.OpenPath(path);
        return handle is not null;
    }

    /// <summary>Creates a folder and its parents if missing.</summary>
    /// <exception cref="IOException">The folder can't be created, or the path contains a link.</exception>
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
            throw ContainedRoot.Failure($"creating the directory {path} in {Path}");
        }

        using var made = _root.OpenFolder(path) ?? throw ContainedRoot.Failure($"opening the directory {path} in {Path}");
        _ = Libc.ChangeMode(ContainedRoot.Descriptor(made), FolderMode);
    }

    /// <summary>Moves a file to an unused name; false if the name exists.</summary>
    /// <exception cref="IOException">The file can't be moved, and remains in place.</exception>
    public bool TryMove(string from, string to)
    {
        var ((fromFolder, fromName), (toFolder, toName)) = (Split(from), Split(to));
        using var source = _root.OpenFolder(fromFolder) ?? throw ContainedRoot.Failure($"opening the directory {fromFolder} in {Path}");
        using var target = _root.OpenFolder(toFolder) ?? throw ContainedRoot.Failure($"opening the directory {toFolder} in {Path}");
        var moved = Libc.RenameAt(ContainedRoot.Descriptor(source), fromName, ContainedRoot.Descriptor(target), toName, Libc.RenameNoReplace);
        if (moved != 0 && Marshal.GetLastPInvokeError() == Invalid && !Has(to))
        {
            // A file system without RENAME_NOREPLACE. Only the holder of the directory's lock writes here.
            moved = Libc.RenameAt(ContainedRoot.Descriptor(source), fromName, ContainedRoot.Descriptor(target), toName, 0);
        }

        return moved == 0 || (Marshal.GetLastPInvokeError() == Exists ? false : throw ContainedRoot.Failure($"moving {from} to {to} in {Path}"));
    }

    /// <summary>Removes a file if it exists.</summary>
    /// <exception cref="IOException">The file can't be removed.</exception>
    public void Delete(string path) => Remove(path, 0);

    /// <summary>Removes a folder if it exists and is empty; otherwise does nothing.</summary>
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

    /// <summary>Lists the subfolders of a folder by name, in byte order; empty if the folder does not exist. Links and other entries are skipped.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public string[] Folders(string folder) => [.. Entries(folder).Where(entry => entry.Kind == FileKind.Directory).Select(entry => entry.Name)];

    /// <summary>Lists the regular files in a folder by name, in byte order; empty if the folder does not exist.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public string[] FileNames(string folder) => [.. Files(folder).Select(file => file.Name)];

    /// <summary>Lists the regular files in a folder with their sizes in bytes, by name. Links, FIFOs and files that disappear meanwhile are skipped.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public IReadOnlyList<(string Name, long Bytes)> Files(string folder) =>
        [.. Entries(folder).Where(entry => entry.Kind == FileKind.Regular).Select(entry => (entry.Name, entry.Bytes))];

    /// <summary>As <see cref="Files"/>, the least recently modified first.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public IReadOnlyList<(string Name, long Bytes)> FilesByAge(string folder) =>
        [.. Entries(folder).Where(entry => entry.Kind == FileKind.Regular).OrderBy(entry => entry.Modified).Select(entry => (entry.Name, entry.Bytes))];

    /// <summary>Makes the entries of a folder durable: fsync(2) of the directory.</summary>
    /// <exception cref="IOException">The folder can't be synced.</exception>
    public void SyncFolder(string path)
    {
        using var handle = _root.OpenFolder(path);
        if (handle is null || Libc.Sync(ContainedRoot.Descriptor(handle)) != 0)
        {
            throw ContainedRoot.Failure($"syncing the directory {path} in {Path}");
        }
    }

    /// <summary>Makes a file's content and length durable: fdatasync(2).</summary>
    /// <exception cref="IOException">The disk lost some of it.</exception>
    public static void SyncData(SafeFileHandle file)
    {
        if (Libc.SyncData(ContainedRoot.Descriptor(file)) != 0)
        {
            throw ContainedRoot.Failure("syncing a file");
        }
    }

    /// <summary>Takes a file's lock until the handle is closed; false if another process holds it. Throws <see cref="IOException"/>.</summary>
    public static bool TryLock(SafeFileHandle file) =>
        Libc.Lock(ContainedRoot.Descriptor(file), Libc.LockExclusiveNow) == 0
        || (Marshal.GetLastPInvokeError() == WouldBlock ? false : throw ContainedRoot.Failure("locking a file"));

    /// <summary>Opens the directory again by its path; creates it if it was removed.</summary>
    /// <exception cref="IOException">The directory can't be opened; the old one stays in use.</exception>
    public void Renew() => _root.Renew();

    /// <summary>Whether the path now leads to another directory, because a file system was mounted or unmounted.</summary>
    public bool IsElsewhere() => _root.IsElsewhere();

    public void Dispose() => _root.Dispose();

    private List<FolderEntry> Entries(string folder)
    {
        using var handle = _root.OpenFolder(folder);
        return handle is null ? [] : FolderEntry.In(handle);
    }

    /// <summary>False if the path does not exist. Devices are not opened, because opening alone can have side effects.</summary>
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
            IsRegular(path, handle); // another file may have taken the name
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
            : throw new IOException($"{path} in {Path} is not a regular file");

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
