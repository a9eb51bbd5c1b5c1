using Microsoft.Win32.SafeHandles;
using NetMon.Parquet;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Cold;

/// <summary>
/// Makes a piece of segments: a Parquet file in hot/ with their rows, sorted within each row group. Crash-safe by the order of steps:
/// the piece is written to a temporary file that names its segments, and made durable; then it is renamed; then the segments are
/// removed. After a crash, segments that are named in a piece are only removed. Not thread-safe.
/// </summary>
internal sealed class PieceSealer(CaptureDirectory capture, CaptureSinkOptions options, SegmentIndex index, WrittenFiles written, Rollups.Rollups rollups, Action<Exception> failed)
{
    private readonly HashSet<string> _inPieces = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private RowGroupBuilder? _rows;
    private NamesFilledIn? _names;

    /// <summary>
    /// Makes a piece, unless there are no rows. Returns when it is durable and its segments are removed. If the disk has no room, makes one
    /// piece per segment. A segment that fails because of a bug stays in hot/ until the next start and does not block others.
    /// </summary>
    /// <param name="hour">The hour of the segments.</param>
    /// <param name="paths">Segments that are complete, in the order of writing.</param>
    /// <exception cref="IOException">The piece could not be made yet: the segments, or a piece that names them, still exist.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="IOException"/>.</exception>
    public void Seal(Hour hour, IReadOnlyList<string> paths)
    {
        List<string> together = [.. paths.Where(path => !_refused.Contains(path))];
        try
        {
            SealTogether(hour, together);
        }
        catch (Exception failure) when (!DiskFailure.Is(failure) || (DiskFailure.IsNoSpace(failure) && together.Count > 1))
        {
            together.ForEach(path => SealAlone(hour, path));
        }
    }

    private void SealAlone(Hour hour, string path)
    {
        try
        {
            SealTogether(hour, [path]);
        }
        catch (Exception failure) when (!DiskFailure.Is(failure) && failure is not OutOfMemoryException)
        {
            _refused.Add(path);
            failed(new InvalidOperationException($"{path} can't be sealed and stays until the next start: {failure.GetType().Name}: {failure.Message}", failure));
        }
    }

    private void SealTogether(Hour hour, List<string> paths)
    {
        Remove(paths.Where(_inPieces.Contains)); // an earlier attempt may have got as far as the rename
        var left = paths.Where(path => !_inPieces.Remove(path)).ToList();
        var (places, kept) = index.Of(hour, left);
        Step("indexed");
        if (places.Count > 0)
        {
            var partial = capture.NewPartial(hour);
            WrittenRows rows;
            try
            {
                rows = Write(partial, hour, left, places);
                Step("written");
            }
            catch
            {
                capture.Root.Delete(partial);
                throw;
            }

            var piece = capture.NewPiece(hour);
            capture.Publish(partial, piece);
            written.Add(piece, rows);
            rollups.KeepPiece(piece);
            _inPieces.UnionWith(left.Except(kept));
            Step("piece renamed");
            capture.SyncFolders(CapturePaths.HotFolder(hour));
        }

        Remove(left.Except(kept));
        _inPieces.ExceptWith(left);
        index.Forget(left);
    }

    /// <summary>Returns the buffers, which have the size of a row group, to the system.</summary>
    public void Forget()
    {
        if (_rows is not null)
        {
            _rows.Dispose();
            (_rows, _names) = (null, null);

            // Otherwise the process keeps the memory until it happens to need some.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    private WrittenRows Write(string partial, Hour hour, List<string> paths, List<BatchPlace> places)
    {
        _names = new NamesFilledIn(options.NamesOf);
        var rows = _rows ??= new RowGroupBuilder(options.Node, options.RowGroupRows, container => _names.Of(container));
        using var columns = new SegmentColumns([.. paths.Select(path => (Func<SafeFileHandle>)(() => Open(path)))]);
        using var file = new PieceFile(new BufferedFile(capture.Root.Create(partial, mayExist: false)), rows, columns, rollups.BeginPiece(hour));
        new BatchMerge(columns).Run(places, (place, first, count) =>
        {
            options.Working?.Invoke();
            file.Add(place, first, count);
        });
        Step("rows");
        file.Complete(piece => FileMetadata.OfPiece(piece, options, paths, _names.Unnamed), options.AgentVersion);
        return new WrittenRows(file.Rows, file.FirstUnixNanoseconds, file.LastUnixNanoseconds);
    }

    private SafeFileHandle Open(string path) =>
        capture.Root.TryOpen(path, writable: false) ?? throw new IOException($"{path} is gone: someone removed it while it was being sealed");

    private void Remove(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            capture.Root.Delete(path);
            written.Forget(path);
            Step("segment removed");
        }
    }

    private void Step(string step)
    {
        options.Working?.Invoke();
        options.SealStep?.Invoke(step);
    }
}
