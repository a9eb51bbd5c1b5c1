using System.Globalization;
using Microsoft.Win32.SafeHandles;
using NetMon.Native;

namespace NetMon.Storage;

/// <summary>
/// A capture directory that this agent writes to, and its lock: one agent at a time, until this is disposed of. Paths are
/// relative to the directory; <see cref="CapturePaths"/> has their names. Any thread.
/// </summary>
internal sealed class CaptureDirectory : IDisposable
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(50);
    // Not System.Security.Cryptography: it needs OpenSSL's library, which the image does not have.
    private readonly string _run = Guid.NewGuid().ToString("N")[16..];
    private SafeFileHandle? _lock;
    private int _last;
    private int _renewals;

    /// <exception cref="CaptureDirectoryException">Another agent has the directory.</exception>
    /// <exception cref="IOException">The directory can't be used.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be used.</exception>
    public CaptureDirectory(string captureDirectory, string node)
    {
        NodeName = NodeFileName.Of(node);
        Root = new ContainedFolder(captureDirectory);
        _lock = Lock(LockPatience);
        Array.ForEach([CapturePaths.Hot, CapturePaths.Events, CapturePaths.Loss], Root.MakeFolder);
    }

    public ContainedFolder Root { get; }

    /// <summary>How often <see cref="Renew"/> has taken another directory: files that were opened before are not in this one, whatever their paths.</summary>
    public int Renewals => Volatile.Read(ref _renewals);

    /// <summary>Called when <see cref="Renew"/> has found that the path leads to another directory.</summary>
    public Action? Moved { get; set; }

    /// <summary>The node's name as a part of file names.</summary>
    public string NodeName { get; }

    /// <summary>Where the moment is kept up to which this node's events are durable.</summary>
    public string SeenPath => $"{CapturePaths.Hot}/{NodeName}{CapturePaths.SeenExtension}";

    /// <summary>A path in hot/ that was never used before, in this run or another.</summary>
    public string NewSegment(Hour hour) => NewPath(hour, CapturePaths.SegmentExtension);

    /// <summary>The same, for a piece.</summary>
    public string NewPiece(Hour hour) => NewPath(hour, CapturePaths.SealedExtension);

    /// <summary>The same, for rows of losses.</summary>
    public string NewLossFile(Hour hour) => NewPath(hour, CapturePaths.LossExtension);

    /// <summary>The same, for a roll-up.</summary>
    public string NewRollup(Hour hour) => NewPath(hour, CapturePaths.RollupExtension);

    /// <summary>The same, for a file of owners.</summary>
    public string NewOwners(Hour hour) => NewPath(hour, CapturePaths.OwnersExtension);

    /// <summary>The same, for a file that is being made of them.</summary>
    public string NewPartial(Hour hour) => NewPath(hour, CapturePaths.PartialExtension);

    /// <summary>This node's files in hot/, of this run and others.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public IEnumerable<(string Path, Hour Hour)> FindHot(string extension) =>
        from hour in Hours(CapturePaths.Hot)
        from file in Files(CapturePaths.HotFolder(hour))
        where CapturePaths.NodeNameOf(file.Name, extension) == NodeName
        select ($"{CapturePaths.HotFolder(hour)}/{file.Name}", hour);

    /// <summary>This node's pieces of an hour, of this run and others, in the order of their names.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public IEnumerable<string> PiecesOf(Hour hour) =>
        from name in Root.FileNames(CapturePaths.HotFolder(hour))
        where CapturePaths.NodeNameOf(name, CapturePaths.SealedExtension) == NodeName
        select $"{CapturePaths.HotFolder(hour)}/{name}";

    /// <summary>What a killed run left half made.</summary>
    public IEnumerable<(string Path, Hour Hour)> FindPartials() => FindHot(CapturePaths.PartialExtension);

    /// <summary>The hours that have a folder, oldest first.</summary>
    /// <param name="tier">events or hot.</param>
    /// <exception cref="IOException">It can't be read.</exception>
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

    /// <summary>Regular files in a folder and their sizes; none in one that is not ours to read.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public IReadOnlyList<(string Name, long Bytes)> Files(string folder) => Ours(folder, Root.Files);

    /// <summary>Names of the folders in a folder; none in one that is not ours to read.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public IReadOnlyList<string> Folders(string folder) => Ours(folder, Root.Folders);

    /// <summary>Names of this node's sealed files in a folder.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public IEnumerable<string> SealedIn(string folder) =>
        Root.FileNames(folder).Where(name => name.StartsWith(NodeName, StringComparison.Ordinal) && CapturePaths.IsSealed(name));

    /// <summary>Moves a file that is whole and durable into its folder under a name that is free, and makes that durable; returns the new path.</summary>
    /// <exception cref="IOException">It can't.</exception>
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

    /// <summary>Moves a file that is whole and durable to its own name, which was never used before.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public void Publish(string partial, string path)
    {
        if (!Root.TryMove(partial, path))
        {
            throw new IOException($"{path} is there already: somebody else writes to this directory");
        }
    }

    /// <summary>Makes a folder's names durable, and those of the folders above it.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public void SyncFolders(string folder)
    {
        for (; folder.Length > 0; folder = folder.LastIndexOf('/') is var slash and > 0 ? folder[..slash] : "")
        {
            Root.SyncFolder(folder);
        }

        Root.SyncFolder("");
    }

    /// <summary>Removes the folders of an hour if nothing is in them any more.</summary>
    public void DeleteIfEmpty(string hourFolder)
    {
        Root.DeleteIfEmpty(hourFolder);
        Root.DeleteIfEmpty(hourFolder[..hourFolder.LastIndexOf('/')]);
    }

    /// <summary>Makes the directory again after somebody removed it, or takes the one that its path leads to by now. The thread that writes.</summary>
    /// <exception cref="IOException">It can't, or another agent has it: nothing may be written until this succeeds.</exception>
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

    /// <summary>Whether this agent has the directory: false where <see cref="Renew"/> found that another one has.</summary>
    public bool IsLocked => _lock is not null;

    public void Dispose()
    {
        _lock?.Dispose();
        Root.Dispose();
    }

    /// <param name="patience">For how long it is tried: a process that was killed has its files until the kernel has taken it apart.</param>
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
            $"another agent keeps its events in {Root.Path} (it holds the lock on {Path.Combine(Root.Path, CapturePaths.AgentLock)}): stop it, or give this one a directory of its own (--capture DIR)");
    }

    /// <summary>Whether a roll-up has the name already: it outlives its events file, and another one must not take its place.</summary>
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

    private string NewPath(Hour hour, string extension) =>
        string.Create(CultureInfo.InvariantCulture, $"{CapturePaths.HotFolder(hour)}/{NodeName}.{_run}-{Interlocked.Increment(ref _last):D6}{extension}");
}
