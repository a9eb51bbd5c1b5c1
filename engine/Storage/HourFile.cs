using NetMon.Storage.Columns;
using Parquet;

namespace NetMon.Storage;

/// <summary>
/// A file in hot/ that an hour's row groups go to. Each step may fail for what the disk does and be tried again; only
/// after a <see cref="FileLostException"/> is there nothing left to try.
/// </summary>
internal sealed class HourFile : IDisposable
{
    /// <summary>
    /// A file's footer stays in memory until it is sealed, about 16 KiB a row group. This many are 17 million rows and
    /// 350 MB; an hour that has more is more than one file.
    /// </summary>
    private const int MaxRowGroups = 512;

    private readonly CaptureLayout _layout;
    private readonly FileStream _file;
    private readonly RowGroupStream _stream;
    private readonly ParquetWriter _writer;
    private int _rowGroups;
    private bool _hasFooter;

    private HourFile(CaptureLayout layout, Hour hour, FileStream file)
    {
        _layout = layout;
        _file = file;
        _stream = new RowGroupStream(file);
        _writer = Completed(ParquetWriter.CreateAsync(CaptureSchema.Schema, _stream, CaptureSchema.WriterOptions));
        Hour = hour;
    }

    public Hour Hour { get; }

    /// <summary>Rows in its row groups, also in one that is not committed.</summary>
    public long Rows { get; private set; }

    /// <summary>The least time of its rows, Unix nanoseconds.</summary>
    public long FirstUnixNanoseconds { get; private set; } = long.MaxValue;

    /// <summary>The greatest time of its rows, Unix nanoseconds.</summary>
    public long LastUnixNanoseconds { get; private set; } = long.MinValue;

    /// <summary>Whether it is time to seal this file and go on in another.</summary>
    public bool IsFull => _rowGroups >= MaxRowGroups;

    /// <summary>Whether a row group or the footer waits in memory because the disk refused it.</summary>
    public bool IsStaged => _stream.IsStaged;

    /// <summary>Whether the file in hot/ has all its rows and its footer.</summary>
    public bool IsWhole => _hasFooter && !IsStaged;

    /// <summary>Where it is before it is sealed.</summary>
    public string Path => _file.Name;

    /// <exception cref="IOException">The file can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be made.</exception>
    public static HourFile Create(CaptureLayout layout, Hour hour) => new(layout, hour, layout.CreatePartial(hour));

    /// <summary>
    /// Takes the rows as a row group. It waits in memory for <see cref="Commit"/>; nothing else may wait there.
    /// </summary>
    public void Stage(RowGroupBuilder rows, Memory<ReadOnlyMemory<char>> scratch)
    {
        using (var group = _writer.CreateRowGroup())
        {
            Completed(rows.WriteAsync(group, scratch));
        }

        _rowGroups++;
        Rows += rows.Rows;
        FirstUnixNanoseconds = Math.Min(FirstUnixNanoseconds, rows.FirstUnixNanoseconds);
        LastUnixNanoseconds = Math.Max(LastUnixNanoseconds, rows.LastUnixNanoseconds);
    }

    /// <summary>Writes what waits in memory to the file.</summary>
    /// <exception cref="FileLostException">Somebody removed the file.</exception>
    /// <exception cref="IOException">The disk refused it; it still waits.</exception>
    public void Commit()
    {
        if (!File.Exists(_file.Name))
        {
            throw new FileLostException($"{_file.Name} is gone: somebody removed it while it was being written");
        }

        _stream.Commit();
    }

    /// <summary>
    /// Makes the file whole and durable and moves it under events/; returns its path there. No row group after this.
    /// </summary>
    /// <param name="metadata">Asked once, when the footer is made.</param>
    /// <exception cref="FileLostException">The file is gone, or the disk said too late that it lost some of it.</exception>
    /// <exception cref="IOException">It could not be done yet.</exception>
    /// <exception cref="UnauthorizedAccessException">It could not be done yet.</exception>
    public string Seal(Func<HourFile, IReadOnlyDictionary<string, string>> metadata)
    {
        Commit();
        if (!_hasFooter)
        {
            _writer.CustomMetadata = metadata(this);
            _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _hasFooter = true;
            Commit();
        }

        Sync();
        return _layout.Seal(_file, Hour);
    }

    /// <summary>Removes the file, if it is still there.</summary>
    public void Discard()
    {
        try
        {
            File.Delete(_file.Name);
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            // The next start removes it.
        }
    }

    /// <summary>Closes the file and gives up its lock; it stays where it is.</summary>
    public void Dispose() => _stream.Dispose();

    private void Sync()
    {
        try
        {
            RandomAccess.FlushToDisk(_file.SafeFileHandle);
        }
        catch (IOException failure)
        {
            // The kernel has dropped the pages and would call a second fsync a success.
            throw new FileLostException(failure.Message, failure);
        }
    }

    /// <summary>The stream completes synchronously, so the library does: nothing is waited for.</summary>
    private static T Completed<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Completed(Task task) => task.GetAwaiter().GetResult();
}
