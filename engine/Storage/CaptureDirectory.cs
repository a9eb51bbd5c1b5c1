using System.Globalization;
using Microsoft.Win32.SafeHandles;
using NetMon.Native;

namespace NetMon.Storage;

/// <summary>
/// A capture directory that this agent writes to. Holds the directory's lock until disposed, so that only one agent writes at a time.
/// Paths are relative to the directory; <see cref="CapturePaths"/> defines the names. Thread-safe.
/// </summary>
internal sealed class CaptureDirectory : IDisposable
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(50);
    // Not System.Security.Cryptography: it needs the OpenSSL library, which the image does not contain.
    private readonly string _run = Guid.NewGuid().ToString("N")[16..];
    private SafeFileHandle? _lock;
    private int _last;
    private int _lastSegment;
    private int _renewals;

    /// <exception cref="CaptureDirectoryException">Another agent holds the lock.</exception>
    /// <exception cref="IOException">The directory can't be created or opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the directory is denied.</exception>
    public CaptureDirectory(string captureDirectory, string node)
    {
        NodeName = NodeFileName.Of(node);
        Root = new ContainedFolder(captureDirectory);
        _lock = Lock(LockPatience);
        Array.ForEach([CapturePaths.Hot, CapturePaths.Events, CapturePaths.Loss], Root.MakeFolder);
    }

    public ContainedFolder Root { get; }

    /// <summary>How often <see cref="Renew"/> has switched to another directory. A file opened before the last switch is not in the current directory, even if its path is.</summary>
    public int Renewals => Volatile.Read(ref _renewals);

    /// <summary>Called when <see cref="Renew"/> finds that the path leads to a different directory.</summary>
    public Action? Moved { get; set; }

    /// <summary>The node's name, encoded for file names.</summary>
    public string NodeName { get; }

    /// <summary>The file that stores the time up to which this node's events are durable.</summary>
    public string SeenPath => $"{CapturePaths.Hot}/{NodeName}{CapturePaths.SeenExtension}";

    /// <summary>Returns a path in hot/ that neither this run nor an earlier one has used, for a segment. Segments of a run are numbered without gaps. The sink's thread only.</summary>
    public string NewSegment(Hour hour) => NewPath(hour, CapturePaths.SegmentExtension, ++_lastSegment);

    /// <summary>Called when the last segment could not be created: the next one gets its number. The sink's thread only.</summary>
    public void SegmentNotMade() => _lastSegment--;

    /// <summary>Returns such a path for a piece. Thread-safe.</summary>
    public string NewPiece(Hour hour) => NewPath(hour, CapturePaths.SealedExtension);

    /// <summary>As <see cref="NewPiece"/>, for a loss journal.</summary>
    public string NewLossFile(Hour hour) => NewPath(hour, CapturePaths.LossExtension);

    /// <summary>As <see cref="NewPiece"/>, for a roll-up.</summary>
    public string NewRollup(Hour hour) => NewPath(hour, CapturePaths.RollupExtension);

    /// <summary>As <see cref="NewPiece"/>, for a file of owners.</summary>
    public string NewOwners(Hour hour) => NewPath(hour, CapturePaths.OwnersExtension);

    /// <summary>As <see cref="NewPiece"/>, for a Parquet file in progress.</summary>
    public string NewPartial(Hour hour) => NewPath(hour, CapturePaths.PartialExtension);

    /// <summary>Finds this node's files in hot/, from this run and earlier ones.</summary>
    /// <exception cref="IOException">A folder can't be read.</exception>
    public IEnumerable<(string Path, Hour Hour)> FindHot(string extension) =>
        from hour in Hours(CapturePaths.Hot)
        from file in Files(CapturePaths.HotFolder(hour))
        where CapturePaths.NodeNameOf(file.Name, extension) == NodeName
        select ($"{CapturePaths.HotFolder(hour)}/{file.Name}", hour);

    /// <summary>Finds this node's pieces of an hour, from this run and earlier ones, ordered by name.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public IEnumerable<string> PiecesOf(Hour hour) =>
        from name in Root.FileNames(CapturePaths.HotFolder(hour))
        where CapturePaths.NodeNameOf(name, CapturePaths.SealedExtension) == NodeName
        select $"{CapturePaths.HotFolder(hour)}/{name}";

    /// <summary>Finds the incomplete files that a killed run left behind.</summary>
    public IEnumerable<(string Path, Hour Hour)> FindPartials() => FindHot(CapturePaths.PartialExtension);

    /// <summary>Lists the hours that have a folder, oldest first.</summary>
    /// <param name="tier">events or hot.</param>
    /// <exception cref="IOException">A folder can't be read.</exception>
    public IEnumerable<Hour> Hours(string tier)
    {
        foreach (var date in Root.Folders(tier).Where(CapturePaths.IsDate))
        {
            foreach (var hour in Folders($"{tier}/{date}"))
            {
                if (Hour.TryParsePartition($"{date}/{hour}", out var parsed))
                {
                    yield return parsed;
                }
            }
        }
    }

    /// <summary>Lists the regular files in a folder with their sizes in bytes. Returns none if the folder is not accessible or not a folder.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public IReadOnlyList<(string Name, long Bytes)> Files(string folder) => Ours(folder, Root.Files);

    /// <summary>Lists the subfolders of a folder by name. Returns none if the folder is not accessible or not a folder.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public IReadOnlyList<string> Folders(string folder) => Ours(folder, Root.Folders);

    /// <summary>Lists the names of this node's sealed files in a folder.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public IEnumerable<string> SealedIn(string folder) =>
        Root.FileNames(folder).Where(name => name.StartsWith(NodeName, StringComparison.Ordinal) && CapturePaths.IsSealed(name));

    /// <summary>Moves a complete, durable file into its folder under an unused name, makes the move durable and returns the new path.</summary>
    /// <exception cref="IOException">The file can't be moved, or the move not made durable.</exception>
    public string Seal(string partial, string folder)
    {
        Root.MakeFolder(folder);
        var path = $"{folder}/{NodeName}{CapturePaths.SealedExtension}";
        for (var number = 1; HasRollup(path) || !Root.TryMove(partial, path); number++)
        {
            path = string.Create(CultureInfo.InvariantCulture, $"{folder}/{NodeName}-{number}{CapturePaths.SealedExtension}");
        }

        SyncFolders(folder);
        return path;
    }

    /// <summary>Moves a complete, durable file to its final name, which must not have been used before.</summary>
    /// <exception cref="IOException">The file can't be moved, or the move not made durable.</exception>
    public void Publish(string partial, string path)
    {
        if (!Root.TryMove(partial, path))
        {
            throw new IOException($"{path} already exists: another program writes to this directory");
        }
    }

    /// <summary>Calls fsync(2) on a folder and its parents, up to the capture directory.</summary>
    /// <exception cref="IOException">A folder can't be synced.</exception>
    public void SyncFolders(string folder)
    {
        for (; folder.Length > 0; folder = folder.LastIndexOf('/') is var slash and > 0 ? folder[..slash] : "")
        {
            Root.SyncFolder(folder);
        }

        Root.SyncFolder("");
    }

    /// <summary>Removes an hour's folder, and its date's folder, if they are empty.</summary>
    public void DeleteIfEmpty(string hourFolder)
    {
        Root.DeleteIfEmpty(hourFolder);
        Root.DeleteIfEmpty(hourFolder[..hourFolder.LastIndexOf('/')]);
    }

    /// <summary>Recreates the directory if it was removed, or switches to the one that the path now leads to. Called on the writing thread only.</summary>
    /// <exception cref="IOException">The directory can't be used, or another agent holds its lock. Nothing may be written until a call succeeds.</exception>
    public void Renew()
    {
        var isElsewhere = Root.IsElsewhere();
        if (_lock is not null && !isElsewhere && Root.Has(CapturePaths.Hot))
        {
            return;
        }

        if (isElsewhere)
        {
            Moved?.Invoke();
        }

        Root.Renew();
        Interlocked.Increment(ref _renewals);
        _lock?.Dispose();
        _lock = null;
        try
        {
            _lock = Lock(TimeSpan.Zero);
        }
        catch (CaptureDirectoryException inUse)
        {
            throw new IOException(inUse.Message, inUse);
        }

        Array.ForEach([CapturePaths.Hot, CapturePaths.Events, CapturePaths.Loss], Root.MakeFolder);
    }

    /// <summary>Whether this agent holds the lock; false after <see cref="Renew"/> found that another agent does.</summary>
    public bool IsLocked => _lock is not null;

    public void Dispose()
    {
        _lock?.Dispose();
        Root.Dispose();
    }

    /// <param name="patience">How long to retry: the kernel keeps a killed process's files open until it has torn the process down.</param>
    private SafeFileHandle Lock(TimeSpan patience)
    {
        var file = Root.Create(CapturePaths.AgentLock, mayExist: true);
        for (var until = Environment.TickCount64 + (long)patience.TotalMilliseconds; ; Thread.Sleep(LockInterval))
        {
            if (ContainedFolder.TryLock(file))
            {
                return file;
            }

            if (Environment.TickCount64 >= until)
            {
                break;
            }
        }

        file.Dispose();
        throw new CaptureDirectoryException(
            $"another agent uses {Root.Path} (it holds the lock on {Path.Combine(Root.Path, CapturePaths.AgentLock)}): stop it, or use another directory (--capture DIR)");
    }

    /// <summary>Whether a roll-up has this name. A roll-up outlives its events file, and must not be overwritten by another.</summary>
    private bool HasRollup(string path) =>
        path.StartsWith(CapturePaths.Events, StringComparison.Ordinal) && Root.Has(CapturePaths.Rollup + path[CapturePaths.Events.Length..]);

    private static IReadOnlyList<T> Ours<T>(string folder, Func<string, IReadOnlyList<T>> read)
    {
        try
        {
            return read(folder);
        }
        catch (Exception failure) when (DiskFailure.IsForeign(failure))
        {
            return [];
        }
    }

    private string NewPath(Hour hour, string extension) => NewPath(hour, extension, Interlocked.Increment(ref _last));

    private string NewPath(Hour hour, string extension, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{CapturePaths.HotFolder(hour)}/{NodeName}.{_run}-{number:D6}{extension}");
}
