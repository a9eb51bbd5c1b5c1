using NetMon.Native;
using NetMon.Parquet;
using NetMon.Parquet.Reading;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Cold;

/// <summary>
/// Makes one Parquet file of an hour's pieces by copying their row groups; only late names are encoded again. Crash-safe by the same
/// order of steps as <see cref="PieceSealer"/>: a piece whose name is in a sealed file is only removed. Not thread-safe.
/// </summary>
internal sealed class HourSealer(
    CaptureDirectory capture, CaptureSinkOptions options, PieceSealer segments, Rollups.Rollups rollups, HotDamageLog damage, WrittenFiles written, DiskFloor floor)
{
    /// <summary>
    /// From this many pieces on, about a million events, an hour leaves tens of MiB of garbage in the old generation, which otherwise
    /// stays until the runtime collects it, after several hours. A collection takes about 5 ms.
    /// </summary>
    private const int PiecesOfABusyHour = 8;

    private readonly HashSet<string> _inHours = new(StringComparer.Ordinal);

    /// <summary>Seals an hour; returns when the file is durable.</summary>
    /// <param name="hour">An hour that is over.</param>
    /// <param name="paths">Its segments that are not in a piece.</param>
    /// <exception cref="IOException">The hour could not be sealed yet: the pieces, or a sealed file that names them, still exist.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="IOException"/>.</exception>
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
        foreach (var (path, rows) in written.ForgetMissingPieces(CapturePaths.HotFolder(hour), pieces))
        {
            damage.Removed(path, rows);
        }

        if (pieces.Count > 0)
        {
            Seal(hour, pieces);
        }
        else
        {
            rollups.Seal(hour);
        }

        capture.DeleteIfEmpty(CapturePaths.HotFolder(hour));
        if (pieces.Count >= PiecesOfABusyHour)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        }
    }

    private void Seal(Hour hour, List<string> pieces)
    {
        var folder = CapturePaths.EventsFolder(hour);
        var bytes = capture.Root.Files(CapturePaths.HotFolder(hour)).Where(file => CapturePaths.IsSealed(file.Name)).Sum(file => file.Bytes);
        if (!floor.HasRoomFor(bytes))
        {
            MoveAll(hour, pieces, folder);
            return;
        }

        var partial = capture.NewPartial(hour);
        List<string> copied;
        floor.Lend(bytes);
        try
        {
            copied = Copy(hour, partial, pieces);
        }
        catch (Exception failure)
        {
            capture.Root.Delete(partial);
            if (!DiskFailure.IsNoSpace(failure))
            {
                throw;
            }

            MoveAll(hour, pieces, folder);
            return;
        }
        finally
        {
            floor.Lend(0);
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

    /// <summary>Without room for a copy beside the pieces, each piece becomes a sealed file by a rename, which needs no space.</summary>
    private void MoveAll(Hour hour, List<string> pieces, string folder)
    {
        foreach (var path in pieces)
        {
            capture.Seal(path, folder);
            written.Forget(path);
            Step("piece moved");
        }

        damage.NoRoomFor(hour, pieces.Count);
        rollups.Seal(hour);
    }

    /// <summary>Writes the file; returns the pieces that are in it and can be removed.</summary>
    private List<string> Copy(Hour hour, string partial, List<string> pieces)
    {
        using var group = new RowGroupWriter();
        using var stream = new BufferedFile(capture.Root.Create(partial, mayExist: false));
        using var file = new HourFile(new ParquetFileWriter(stream, CaptureSchema.Columns, group), options);
        foreach (var path in pieces)
        {
            options.Working?.Invoke();
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
            return; // removed by another program
        }

        try
        {
            using var piece = ParquetFile.Open(handle);
            if (!piece.HasColumns(CaptureSchema.Columns))
            {
                capture.Seal(path, CapturePaths.EventsFolder(hour)); // written by another version of the agent: stays a file of its own
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
            SetAside(path, hour, written.In(path)?.Count, found.Message);
        }
        catch (Exception fault) when (!DiskFailure.Is(fault) && fault is not OutOfMemoryException)
        {
            SetAside(path, hour, written.In(path)?.Count, $"{fault.GetType().Name}: {fault.Message}");
            throw; // the incomplete file is discarded: the next attempt makes it of the other pieces
        }
    }

    private void SetAside(string path, Hour hour, long? rows, string why)
    {
        var kept = path + CapturePaths.DamagedExtension;
        damage.FoundInPiece(path, hour, rows, why, kept);
        capture.Root.TryMove(path, kept);
        written.Forget(path);
    }

    private void Remove(List<string> paths)
    {
        foreach (var path in paths)
        {
            capture.Root.Delete(path);
            _inHours.Remove(path);
            written.Forget(path);
            Step("piece removed");
        }
    }

    private void Step(string step)
    {
        options.Working?.Invoke();
        options.SealStep?.Invoke(step);
    }
}
