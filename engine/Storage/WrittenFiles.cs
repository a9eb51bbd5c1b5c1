namespace NetMon.Storage;

/// <summary>
/// The number of rows that this run has written to each segment and piece in hot/, used to count rows that another program removes.
/// Thread-safe.
/// </summary>
internal sealed class WrittenFiles
{
    private readonly Dictionary<string, WrittenRows> _files = new(StringComparer.Ordinal);

    /// <summary>Records rows written to a file.</summary>
    public void Add(string path, WrittenRows rows)
    {
        lock (_files)
        {
            _files[path] = _files.TryGetValue(path, out var before) ? before.And(rows) : rows;
        }
    }

    /// <summary>Returns the rows in a file; null if this run did not write it.</summary>
    public WrittenRows? In(string path)
    {
        lock (_files)
        {
            return _files.TryGetValue(path, out var rows) ? rows : null;
        }
    }

    /// <summary>Forgets a file that was removed, or whose rows moved to another file; returns its rows.</summary>
    public WrittenRows? Forget(string path)
    {
        lock (_files)
        {
            return _files.Remove(path, out var rows) ? rows : null;
        }
    }

    /// <summary>Forgets the pieces that no longer exist in a folder, and returns them.</summary>
    /// <param name="folder">A folder in hot/.</param>
    /// <param name="there">The paths of the pieces that exist.</param>
    public List<(string Path, WrittenRows Rows)> ForgetMissingPieces(string folder, IReadOnlyCollection<string> there)
    {
        lock (_files)
        {
            var missing = _files.Where(file => file.Key.StartsWith(folder, StringComparison.Ordinal) && CapturePaths.IsPiece(file.Key) && !there.Contains(file.Key))
                .Select(file => (file.Key, file.Value)).ToList();
            missing.ForEach(file => _files.Remove(file.Key));
            return missing;
        }
    }
}
