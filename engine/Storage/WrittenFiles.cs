namespace NetMon.Storage;

/// <summary>
/// How many rows this run has put into segments and pieces that are in hot/, so that it is counted if somebody removes or shortens
/// them. Any thread.
/// </summary>
internal sealed class WrittenFiles
{
    private readonly Dictionary<string, WrittenRows> _files = new(StringComparer.Ordinal);

    /// <summary>Rows were written to a file.</summary>
    public void Add(string path, WrittenRows rows)
    {
        lock (_files)
        {
            _files[path] = _files.TryGetValue(path, out var before) ? before.And(rows) : rows;
        }
    }

    /// <summary>What is in a file; null if this run did not write it.</summary>
    public WrittenRows? In(string path)
    {
        lock (_files)
        {
            return _files.TryGetValue(path, out var rows) ? rows : null;
        }
    }

    /// <summary>The file is gone, or its rows are elsewhere; returns what was in it.</summary>
    public WrittenRows? Forget(string path)
    {
        lock (_files)
        {
            return _files.Remove(path, out var rows) ? rows : null;
        }
    }

    /// <summary>Forgets the pieces in a folder that are not there any more, and returns them.</summary>
    /// <param name="folder">In hot/.</param>
    /// <param name="there">The paths of those that are.</param>
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
