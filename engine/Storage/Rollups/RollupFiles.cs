using System.Globalization;
using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Makes roll-ups as unfinished files in hot/, durable but not in their places: of events, and of other roll-ups. Of each file one row
/// group is in memory. One thread.
/// </summary>
internal sealed class RollupFiles(CaptureDirectory capture, CaptureSinkOptions options) : IDisposable
{
    /// <summary>Roll-ups that become one at a time: more would take more memory, fewer would write each row more often.</summary>
    public const int Fan = 8;

    private readonly ColumnReader _reader = new();
    private readonly RollupBuffers _buffers = new();
    private EventSums? _sums;

    /// <summary>Sums up events; its memory goes with this.</summary>
    public EventSums Sums => _sums ??= new EventSums(this);

    /// <summary>Sums up files of events; returns the path of the unfinished file and how many events there are.</summary>
    /// <param name="hour">Theirs.</param>
    /// <param name="paths">The files, relative to the capture directory.</param>
    /// <param name="pieces">Names of the files that the roll-up is to list.</param>
    /// <param name="names">For containers without any; null: they stay without.</param>
    /// <exception cref="DamagedFileException">A file is damaged.</exception>
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

    /// <summary>Reads all of a file against its checksums; returns its rows.</summary>
    /// <exception cref="DamagedFileException">It is damaged.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
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

    /// <summary>Adds up roll-ups; returns the path of the unfinished file.</summary>
    /// <param name="hour">Theirs.</param>
    /// <param name="paths">The roll-ups, relative to the capture directory.</param>
    /// <param name="origin">What the result is to say about itself.</param>
    /// <param name="names">For containers without any; null: they stay without.</param>
    /// <exception cref="DamagedFileException">A file is damaged.</exception>
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

    /// <summary>Moves an unfinished file to its place, durably. If it can't, or the place is taken, the file is removed.</summary>
    /// <param name="partial">The file.</param>
    /// <param name="path">Its place, relative to the capture directory; the folder is made.</param>
    /// <exception cref="IOException">It can't.</exception>
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

    /// <summary>What a roll-up in hot/ says about itself; null if it is damaged, or none of this version.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
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
    /// <exception cref="DamagedFileException">It is damaged.</exception>
    /// <exception cref="IOException">It can't be opened, or is not there.</exception>
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

    /// <summary>How often roll-ups were merged to make it; versions that did not say so are as if they were made of events.</summary>
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

    /// <summary>Writes an unfinished file; returns its path.</summary>
    /// <param name="hour">Of the events.</param>
    /// <param name="origin">What it is to say about itself.</param>
    /// <param name="isLast">It is made durable; what is merged again need not be.</param>
    /// <param name="write">Writes the rows.</param>
    /// <exception cref="IOException">It can't be written.</exception>
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

    /// <summary>Removes unfinished files.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public void DeleteAll(List<string> paths) => paths.ForEach(capture.Root.Delete);
}
