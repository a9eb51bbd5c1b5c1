using NetMon.Native;
using NetMon.Parquet;
using NetMon.Parquet.Reading;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Cold;

/// <summary>
/// Makes one Parquet file of an hour's pieces by copying their row groups: nothing is encoded again but names that came late.
/// Crash-proof by the same order as <see cref="PieceSealer"/>: whoever finds pieces whose names are in a sealed file only removes them.
/// One thread.
/// </summary>
internal sealed class HourSealer(CaptureDirectory capture, CaptureSinkOptions options, PieceSealer segments, Rollups.Rollups rollups, HotDamageLog damage)
{
    private readonly HashSet<string> _inHours = new(StringComparer.Ordinal);

    /// <summary>Seals; returns when it is done and durable.</summary>
    /// <param name="hour">Which is over.</param>
    /// <param name="paths">Its segments that are in no piece.</param>
    /// <exception cref="IOException">It could not be done yet: the pieces, or a sealed file with their names, are there.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Seal(Hour hour, IReadOnlyList<string> paths)
    {
        segments.Seal(hour, paths);
        var earlier = _inHours.Where(path => path.StartsWith(CapturePaths.HotFolder(hour), StringComparison.Ordinal)).ToList();
        if (earlier.Count > 0)
        {
            rollups.Seal(hour);
            Remove(earlier);
        }

        var pieces = capture.PiecesOf(hour).ToList();
        if (pieces.Count > 0)
        {
            Seal(hour, pieces);
        }
        else
        {
            rollups.Seal(hour);
        }

        capture.DeleteIfEmpty(CapturePaths.HotFolder(hour));
    }

    private void Seal(Hour hour, List<string> pieces)
    {
        var folder = CapturePaths.EventsFolder(hour);
        var partial = capture.NewPartial(hour);
        List<string> copied;
        try
        {
            copied = Copy(hour, partial, pieces);
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            capture.Root.Delete(partial);
            throw;
        }

        if (copied.Count == 0)
        {
            capture.Root.Delete(partial);
            return;
        }

        capture.Seal(partial, folder);
        _inHours.UnionWith(copied);
        Step("hour renamed");
        rollups.Seal(hour);
        Remove(copied);
    }

    /// <summary>Writes the file; returns the pieces that are in it and have to go.</summary>
    private List<string> Copy(Hour hour, string partial, List<string> pieces)
    {
        using var group = new RowGroupWriter();
        using var stream = new BufferedFile(capture.Root.Create(partial, mayExist: false));
        using var file = new HourFile(new ParquetFileWriter(stream, CaptureSchema.Columns, group), options);
        foreach (var path in pieces)
        {
            Add(file, hour, path);
        }

        if (file.Rows > 0)
        {
            file.Complete();
            ContainedFolder.SyncData(stream.File);
            Step("hour written");
        }

        return file.Rows > 0 ? file.Pieces : [];
    }

    private void Add(HourFile file, Hour hour, string path)
    {
        if (capture.Root.TryOpen(path, writable: false) is not { } handle)
        {
            return; // removed by somebody
        }

        try
        {
            using var piece = ParquetFile.Open(handle);
            if (!piece.HasColumns(CaptureSchema.Columns))
            {
                capture.Seal(path, CapturePaths.EventsFolder(hour)); // another version of the agent made it: a file of its own
                return;
            }

            var (rows, why) = file.Add(path, piece);
            if (rows > 0)
            {
                SetAside(path, hour, rows, why);
            }
        }
        catch (DamagedFileException found)
        {
            SetAside(path, hour, null, found.Message);
        }
    }

    private void SetAside(string path, Hour hour, long? rows, string why)
    {
        var kept = path + CapturePaths.DamagedExtension;
        damage.FoundInPiece(path, hour, rows, why, kept);
        capture.Root.TryMove(path, kept);
    }

    private void Remove(List<string> paths)
    {
        foreach (var path in paths)
        {
            capture.Root.Delete(path);
            _inHours.Remove(path);
            Step("piece removed");
        }
    }

    private void Step(string step) => options.SealStep?.Invoke(step);
}
