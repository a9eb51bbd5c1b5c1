using Microsoft.Win32.SafeHandles;
using NetMon.Parquet;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Cold;

/// <summary>
/// Makes a piece of segments: a Parquet file in hot/ with their rows, sorted inside each row group. Crash-proof by order: the piece is
/// written aside and made durable, with the names of its segments in it; then renamed; then the segments are removed. Whoever
/// finds segments whose names are in a piece only removes them. One thread.
/// </summary>
internal sealed class PieceSealer(CaptureDirectory capture, CaptureSinkOptions options, SegmentIndex index)
{
    private readonly HashSet<string> _inPieces = new(StringComparer.Ordinal);
    private RowGroupBuilder? _rows;
    private NamesFilledIn? _names;

    /// <summary>Makes a piece, unless there is no row; returns when it is durable and its segments are gone.</summary>
    /// <param name="hour">Of the segments.</param>
    /// <param name="paths">Segments that nobody appends to any more, in the order of writing.</param>
    /// <exception cref="IOException">It could not be done yet: the segments, or a piece with their names, are there.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Seal(Hour hour, IReadOnlyList<string> paths)
    {
        Remove(paths.Where(_inPieces.Contains)); // an earlier try may have come as far as the rename
        var left = paths.Where(path => !_inPieces.Remove(path)).ToList();
        var (places, kept) = index.Of(hour, left);
        Step("indexed");
        if (places.Count > 0)
        {
            var partial = capture.NewPartial(hour);
            try
            {
                Write(partial, left, places);
                Step("written");
            }
            catch (Exception failure) when (DiskFailure.Is(failure))
            {
                capture.Root.Delete(partial);
                throw;
            }

            capture.Publish(partial, capture.NewPiece(hour));
            _inPieces.UnionWith(left.Except(kept));
            Step("piece renamed");
            capture.SyncFolders(CapturePaths.HotFolder(hour));
        }

        Remove(left.Except(kept));
        _inPieces.ExceptWith(left);
    }

    /// <summary>Gives the buffers, which are as large as a row group, back to the system.</summary>
    public void Forget()
    {
        if (_rows is not null)
        {
            _rows.Dispose();
            (_rows, _names) = (null, null);

            // Else their memory stays with the process until it happens to need some.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    private void Write(string partial, List<string> paths, List<BatchPlace> places)
    {
        _names = new NamesFilledIn(options.NamesOf);
        var rows = _rows ??= new RowGroupBuilder(options.Node, options.RowGroupRows, container => _names.Of(container));
        using var columns = new SegmentColumns([.. paths.Select(path => (Func<SafeFileHandle>)(() => Open(path)))]);
        using var file = new PieceFile(new BufferedFile(capture.Root.Create(partial, mayExist: false)), rows, columns);
        new BatchMerge(columns).Run(places, file.Add);
        Step("rows");
        file.Complete(written => FileMetadata.OfPiece(written, options, paths, _names.Unnamed), options.AgentVersion);
    }

    private SafeFileHandle Open(string path) =>
        capture.Root.TryOpen(path, writable: false) ?? throw new IOException($"{path} is gone: somebody removed it while it was being sealed");

    private void Remove(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            capture.Root.Delete(path);
            Step("segment removed");
        }
    }

    private void Step(string step) => options.SealStep?.Invoke(step);
}
