using System.IO.Enumeration;

namespace NetMon.Query.Follow;

/// <summary>
/// A folder that is listed again only if it may have changed, by its modification time. So a check costs one system call, whatever the number
/// of files. Not thread-safe.
/// </summary>
internal sealed class WatchedFolder(string path)
{
    /// <summary>Longer than the resolution of file times in the kernel, within which two changes may have the same time.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, WatchedFolder> _folders = new(StringComparer.Ordinal);
    private DateTime _modified;
    private DateTime _listed;

    /// <summary>Names of its files in byte order, as of the last <see cref="Look"/>.</summary>
    public IReadOnlyList<string> Files { get; private set; } = [];

    /// <summary>Its subfolders by name, as of the last <see cref="Look"/>.</summary>
    public IReadOnlyList<WatchedFolder> Folders { get; private set; } = [];

    public string Path => path;

    /// <summary>Lists the folder if it may have changed; returns whether it did.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the folder is denied.</exception>
    public bool Look()
    {
        var modified = Directory.GetLastWriteTimeUtc(path); // for a missing folder, a time in 1601
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

    /// <summary>Does not follow links: a link to a folder counts as a file, and opening it fails.</summary>
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
            return []; // removed when its hour was sealed, or not created yet
        }
    }
}
