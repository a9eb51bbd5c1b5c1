using System.IO.Enumeration;

namespace NetMon.Query.Follow;

/// <summary>
/// A folder whose entries are listed again only when they may have changed, by its time of modification. So a look costs one
/// system call, however many files there are. One thread.
/// </summary>
internal sealed class WatchedFolder(string path)
{
    /// <summary>Coarser than a kernel's clock for times of files: within it two changes may have the same time.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, WatchedFolder> _folders = new(StringComparer.Ordinal);
    private DateTime _modified;
    private DateTime _listed;

    /// <summary>Names of its files in the order of their bytes, as of the last <see cref="Look"/>.</summary>
    public IReadOnlyList<string> Files { get; private set; } = [];

    /// <summary>Its folders in the order of their names, likewise.</summary>
    public IReadOnlyList<WatchedFolder> Folders { get; private set; } = [];

    public string Path => path;

    /// <summary>Lists it where it may have changed; true if it did.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public bool Look()
    {
        var modified = Directory.GetLastWriteTimeUtc(path); // of what is not there, a time long ago
        if (modified == _modified && _listed - modified > ClockStep)
        {
            return false;
        }

        (_modified, _listed) = (modified, DateTime.UtcNow);
        var entries = Entries();
        string[] files = [.. entries.Where(entry => !entry.IsFolder).Select(entry => entry.Name).Order(StringComparer.Ordinal)];
        string[] folders = [.. entries.Where(entry => entry.IsFolder).Select(entry => entry.Name).Order(StringComparer.Ordinal)];
        if (Files.SequenceEqual(files) && folders.Length == _folders.Count && folders.All(_folders.ContainsKey))
        {
            return false;
        }

        foreach (var gone in _folders.Keys.Except(folders).ToArray())
        {
            _folders.Remove(gone);
        }

        foreach (var added in folders.Where(name => !_folders.ContainsKey(name)))
        {
            _folders.Add(added, new WatchedFolder(System.IO.Path.Combine(path, added)));
        }

        (Files, Folders) = (files, [.. folders.Select(name => _folders[name])]);
        return true;
    }

    /// <summary>Links are not followed: one to a folder is a file here, and opening it is refused.</summary>
    private List<(string Name, bool IsFolder)> Entries()
    {
        try
        {
            var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false };
            return [.. new FileSystemEnumerable<(string, bool)>(
                path,
                (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory && (entry.Attributes & FileAttributes.ReparsePoint) == 0),
                options)];
        }
        catch (DirectoryNotFoundException)
        {
            return []; // removed when its hour was sealed, or not made yet
        }
    }
}
