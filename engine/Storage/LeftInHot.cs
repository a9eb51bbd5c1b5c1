namespace NetMon.Storage;

/// <summary>Segments and pieces that earlier runs left in hot/, read at the start. Not thread-safe.</summary>
internal sealed class LeftInHot(CaptureDirectory capture)
{
    private readonly Dictionary<Hour, List<string>> _segments = Find(capture, CapturePaths.SegmentExtension);
    private readonly Dictionary<Hour, List<string>> _pieces = Find(capture, CapturePaths.SealedExtension);

    /// <summary>The hours with leftover files, oldest first.</summary>
    public IEnumerable<Hour> Hours => _segments.Keys.Union(_pieces.Keys).OrderBy(hour => hour.Index);

    /// <summary>Hours with pieces that are already in a sealed file, because their seal was interrupted. Set by <see cref="RemoveSealed"/>.</summary>
    public HashSet<Hour> Interrupted { get; } = [];

    /// <summary>The number of leftover files.</summary>
    public int Files => _segments.Values.Concat(_pieces.Values).Sum(paths => paths.Count);

    /// <summary>Returns the paths of an hour's segments.</summary>
    public IReadOnlyList<string> SegmentsOf(Hour hour) => _segments.GetValueOrDefault(hour) ?? [];

    /// <summary>Returns the size of an hour's segments in bytes.</summary>
    /// <exception cref="IOException">The hour's folder can't be read.</exception>
    public long SegmentBytesOf(Hour hour)
    {
        var names = SegmentsOf(hour).Select(CapturePaths.NameOf).ToHashSet(StringComparer.Ordinal);
        return capture.Root.Files(CapturePaths.HotFolder(hour)).Where(file => names.Contains(file.Name)).Sum(file => file.Bytes);
    }

    /// <summary>
    /// Removes what a killed agent left behind: pieces that are in a sealed file, and segments that are in a piece. If a file of an hour
    /// can't be read, the hour is left unchanged until the next start.
    /// </summary>
    /// <param name="failures">Logs such hours.</param>
    public void RemoveSealed(FailureLog failures)
    {
        foreach (var hour in Hours.ToList())
        {
            try
            {
                RemoveSealed(hour);
            }
            catch (Exception failure)
            {
                failures.Failed(failure, rowsLost: 0);
                _segments.Remove(hour);
                _pieces.Remove(hour);
            }
        }
    }

    private void RemoveSealed(Hour hour)
    {
        var folder = CapturePaths.EventsFolder(hour);
        var inHours = SealedFile.SegmentsIn(capture, capture.SealedIn(folder).Select(name => $"{folder}/{name}"));
        if (Remove(_pieces, hour, inHours, folder))
        {
            Interrupted.Add(hour);
        }

        Remove(_segments, hour, inHours, folder); // version 0.1 sealed hours directly from segments
        Remove(_segments, hour, SealedFile.SegmentsIn(capture, capture.PiecesOf(hour)), CapturePaths.HotFolder(hour));
        capture.DeleteIfEmpty(CapturePaths.HotFolder(hour));
    }

    private bool Remove(Dictionary<Hour, List<string>> files, Hour hour, HashSet<string> names, string folder)
    {
        if (!files.TryGetValue(hour, out var paths) || !paths.Exists(path => names.Contains(CapturePaths.NameOf(path))))
        {
            return false;
        }

        capture.SyncFolders(folder); // the rename may not have been durable
        foreach (var path in paths.Where(path => names.Contains(CapturePaths.NameOf(path))))
        {
            capture.Root.Delete(path);
        }

        paths.RemoveAll(path => names.Contains(CapturePaths.NameOf(path)));
        if (paths.Count == 0)
        {
            files.Remove(hour);
        }

        return true;
    }

    private static Dictionary<Hour, List<string>> Find(CaptureDirectory capture, string extension) =>
        capture.FindHot(extension).GroupBy(file => file.Hour, file => file.Path).ToDictionary(files => files.Key, files => files.ToList());
}
