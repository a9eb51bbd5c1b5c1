using NetMon.Query.Hot;
using NetMon.Storage;

namespace NetMon.Query;

/// <summary>
/// What a capture directory held at one moment, each event once: the sealed files, and the segments of hours that are not
/// sealed yet, opened, so that they stay readable when they are sealed and removed meanwhile. Links are not followed.
/// </summary>
internal sealed class Snapshot : IDisposable
{
    private const int Tries = 10;

    private Snapshot(string directory, IReadOnlyList<string> events, IReadOnlyList<string> losses, IReadOnlyList<HotFileView> segments, IReadOnlyList<HotFileView> hotLosses) =>
        (Directory, SealedEvents, SealedLosses, Segments, HotLosses) = (directory, events, losses, segments, hotLosses);

    public string Directory { get; }

    /// <summary>Parquet files of events.</summary>
    public IReadOnlyList<string> SealedEvents { get; }

    /// <summary>Parquet files of losses.</summary>
    public IReadOnlyList<string> SealedLosses { get; }

    /// <summary>Arrow segments whose rows are in no sealed file.</summary>
    public IReadOnlyList<HotFileView> Segments { get; }

    /// <summary>Files of losses that are not sealed yet.</summary>
    public IReadOnlyList<HotFileView> HotLosses { get; }

    /// <exception cref="QueryException">It is no capture directory.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Snapshot Take(string directory)
    {
        var root = Path.GetFullPath(directory);
        if (!System.IO.Directory.Exists(root))
        {
            throw new QueryException($"there is no directory {root}: --capture takes the directory that netmon run --capture keeps");
        }

        if (!System.IO.Directory.Exists(Path.Combine(root, CapturePaths.Events)) && !System.IO.Directory.Exists(Path.Combine(root, CapturePaths.Hot)))
        {
            throw new QueryException($"{root} has no events/ and no hot/ folder: it is no capture directory; --capture takes the one that netmon run --capture keeps");
        }

        for (var attempt = 1; ; attempt++)
        {
            if (TryTake(root) is { } snapshot)
            {
                return snapshot;
            }

            if (attempt == Tries)
            {
                throw new IOException($"{root}: hours were sealed or removed under way {Tries} times in a row; ask again");
            }
        }
    }

    public void Dispose()
    {
        foreach (var file in Segments.Concat(HotLosses))
        {
            file.Dispose();
        }
    }

    /// <summary>
    /// Null where a segment went away before it could be opened: then its hour has been sealed since, and what was listed
    /// is old. Hot files are listed first, so that what is sealed in between is found sealed.
    /// </summary>
    private static Snapshot? TryTake(string root)
    {
        var hot = Files(Path.Combine(root, CapturePaths.Hot)).ToList();
        var events = Files(Path.Combine(root, CapturePaths.Events)).Where(CapturePaths.IsSealed).Order(StringComparer.Ordinal).ToList();
        var losses = Files(Path.Combine(root, CapturePaths.Loss)).Where(CapturePaths.IsSealed).Order(StringComparer.Ordinal).ToList();
        var sealedNames = SealedInto(root, hot, [.. events, .. losses]);
        List<HotFileView> segments = [];
        List<HotFileView> hotLosses = [];
        try
        {
            foreach (var path in hot.Where(path => !sealedNames.Contains(Path.GetFileName(path))).Order(StringComparer.Ordinal))
            {
                if (CapturePaths.IsSegment(path))
                {
                    segments.Add(HotFileView.Open(path));
                }
                else if (CapturePaths.IsLossJournal(path))
                {
                    hotLosses.Add(HotFileView.Open(path));
                }
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            segments.Concat(hotLosses).ToList().ForEach(file => file.Dispose());
            return null;
        }

        return new Snapshot(root, events, losses, segments, hotLosses);
    }

    /// <summary>Names of hot files that sealed ones of the same hours say to have in them: a crash, or this moment, may leave both.</summary>
    private static HashSet<string> SealedInto(string root, List<string> hot, List<string> sealedFiles)
    {
        // hot/date=…/hour=…/name: sealed ones of these hours, and of these days for losses.
        var folders = hot.Select(path => Path.GetRelativePath(Path.Combine(root, CapturePaths.Hot), Path.GetDirectoryName(path)!)).ToHashSet(StringComparer.Ordinal);
        folders.UnionWith(folders.ToList().Select(folder => folder.Split('/')[0]));
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var path in sealedFiles)
        {
            var folder = Path.GetRelativePath(root, Path.GetDirectoryName(path)!);
            if (folders.Contains(folder[(folder.IndexOf('/', StringComparison.Ordinal) + 1)..]))
            {
                names.UnionWith(SealedFile.SegmentsOf(path));
            }
        }

        return names;
    }

    private static IEnumerable<string> Files(string folder) => !System.IO.Directory.Exists(folder) ? [] : System.IO.Directory.EnumerateFiles(
        folder,
        "*",
        new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false });
}
