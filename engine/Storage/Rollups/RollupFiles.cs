using System.Globalization;
using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Makes roll-ups from events or from other roll-ups, as temporary files in hot/ that are durable but not published. Keeps one row group
/// per file in memory. Not thread-safe.
/// </summary>
internal sealed class RollupFiles(CaptureDirectory capture, CaptureSinkOptions options) : IDisposable
{
    /// <summary>The number of roll-ups merged at a time: more would need more memory, fewer would rewrite each row more often.</summary>
    public const int Fan = 8;

    private readonly ColumnReader _reader = new();
    private readonly RollupBuffers _buffers = new();
    private EventSums? _sums;

    /// <summary>Sums up events; disposed together with this object.</summary>
    public EventSums Sums => _sums ??= new EventSums(this);

    /// <summary>Sums up files of events; returns the path of the temporary file and the number of events.</summary>
    /// <param name="hour">Their hour.</param>
    /// <param name="paths">The files, relative to the capture directory.</param>
    /// <param name="pieces">Names of the files that the roll-up lists.</param>
    /// <param name="names">Names of containers without any; null: none are available.</param>
    /// <exception cref="DamagedFileException">A file is corrupt.</exception>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public (string Partial, long Events) FromEvents(Hour hour, IEnumerable<string> paths, IReadOnlyCollection<string> pieces, LateNames? names)
    {
        Sums.Begin(hour);
        var source = new EventSource(_reader);
        foreach (var path in paths)
        {
            using var file = Open(path);
            for (var group = 0; group < file.RowGroups.Count; group++)
            {
                options.Working?.Invoke();
                source.Read(file, group, Sums);
            }
        }

        var events = Sums.Events;
        return (Sums.Complete(pieces, names), events);
    }

    /// <summary>Verifies all checksums of a file; returns its number of rows.</summary>
    /// <exception cref="DamagedFileException">The file is corrupt.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public long Verify(string path)
    {
        using var file = Open(path);
        for (var group = 0; group < file.RowGroups.Count; group++)
        {
            options.Working?.Invoke();
            file.Verify(group);
        }

        return file.Rows;
    }

    /// <summary>Merges roll-ups; returns the path of the temporary file.</summary>
    /// <param name="hour">Their hour.</param>
    /// <param name="paths">The roll-ups, relative to the capture directory.</param>
    /// <param name="origin">Stored in the result's metadata.</param>
    /// <param name="names">Names of containers without any; null: none are available.</param>
    /// <exception cref="DamagedFileException">A file is corrupt.</exception>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public string Merge(Hour hour, IEnumerable<string> paths, RollupOrigin origin, LateNames? names)
    {
        var left = new Queue<string>(paths);
        List<string> between = [];
        try
        {
            while (left.Count > Fan)
            {
                var some = Enumerable.Range(0, Fan).Select(_ => left.Dequeue()).ToList();
                between.Add(Write(hour, origin, isLast: false, writer => Merge(some, writer, names: null)));
                left.Enqueue(between[^1]);
            }

            return Write(hour, origin, isLast: true, writer => Merge(left, writer, names));
        }
        finally
        {
            DeleteAll(between);
        }
    }

    /// <summary>Moves a temporary file durably to its final path. If that fails or the path exists, the file is removed.</summary>
    /// <param name="partial">The file.</param>
    /// <param name="path">The final path, relative to the capture directory; its folder is created.</param>
    /// <exception cref="IOException">The file can't be moved.</exception>
    public void Publish(string partial, string path)
    {
        var folder = path[..path.LastIndexOf('/')];
        try
        {
            options.SealStep?.Invoke("roll-up written");
            capture.Root.MakeFolder(folder);
            capture.Publish(partial, path);
        }
        catch
        {
            capture.Root.Delete(partial);
            throw;
        }

        capture.SyncFolders(folder);
        options.SealStep?.Invoke("roll-up renamed");
    }

    /// <summary>Reads the description of a roll-up in hot/; null if it is corrupt or of another version.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public HotRollup? TryDescribe(string path)
    {
        try
        {
            using var file = Open(path);
            return file.Metadata.GetValueOrDefault(RollupSchema.VersionKey) == RollupSchema.Version
                && long.TryParse(file.Metadata.GetValueOrDefault(RollupSchema.RowsKey), NumberStyles.None, CultureInfo.InvariantCulture, out var events)
                && SealedFile.MadeOf(file.Metadata) is { Length: > 0 } pieces
                ? new HotRollup(path, new RollupOrigin(pieces, events, LevelOf(file)))
                : null;
        }
        catch (DamagedFileException)
        {
            return null;
        }
    }

    /// <summary>Opens a Parquet file of the capture directory.</summary>
    /// <exception cref="DamagedFileException">The file is corrupt.</exception>
    /// <exception cref="IOException">The file can't be opened, or does not exist.</exception>
    public ParquetFile Open(string path)
    {
        try
        {
            return ParquetFile.Open(capture.Root.TryOpen(path, writable: false) ?? throw new FileNotFoundException($"{path} is gone"));
        }
        catch (DamagedFileException damage)
        {
            throw new DamagedFileException($"{path}: {damage.Message}", damage);
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _buffers.Dispose();
    }

    /// <summary>Returns the number of merges that produced a roll-up; 0 if not recorded, as in earlier versions.</summary>
    private static int LevelOf(ParquetFile file) =>
        int.TryParse(file.Metadata.GetValueOrDefault(RollupSchema.LevelKey), NumberStyles.None, CultureInfo.InvariantCulture, out var level) ? level : 0;

    private void Merge(IEnumerable<string> paths, RollupWriter writer, LateNames? names)
    {
        List<RollupCursor> cursors = [];
        try
        {
            foreach (var path in paths)
            {
                cursors.Add(new RollupCursor(Open(path), _reader, _buffers.OfCursor(cursors.Count)));
            }

            new RollupMerge(names).Run(cursors, writer);
        }
        finally
        {
            cursors.ForEach(cursor => cursor.Dispose());
        }
    }

    /// <summary>Writes a temporary file; returns its path.</summary>
    /// <param name="hour">The hour of the events.</param>
    /// <param name="origin">Stored in the file's metadata.</param>
    /// <param name="isLast">Whether to make it durable, which is not needed if it is merged again.</param>
    /// <param name="write">Writes the rows.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public string Write(Hour hour, RollupOrigin origin, bool isLast, Action<RollupWriter> write)
    {
        options.Working?.Invoke();
        capture.Root.MakeFolder(CapturePaths.HotFolder(hour));
        var partial = capture.NewPartial(hour);
        try
        {
            using var writer = new RollupWriter(new BufferedFile(capture.Root.Create(partial, mayExist: false)), options, _buffers);
            write(writer);
            writer.Complete(origin);
            if (isLast)
            {
                writer.Sync();
            }

            return partial;
        }
        catch
        {
            capture.Root.Delete(partial);
            throw;
        }
    }

    /// <summary>Removes temporary files.</summary>
    /// <exception cref="IOException">A file can't be removed.</exception>
    public void DeleteAll(List<string> paths) => paths.ForEach(capture.Root.Delete);
}
