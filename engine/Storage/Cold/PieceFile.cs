using NetMon.Native;
using NetMon.Parquet;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Cold;

/// <summary>A Parquet file while it is built from batches. The file is useless until <see cref="Complete"/> returns. Not thread-safe.</summary>
internal sealed class PieceFile : IDisposable
{
    private readonly RowGroupBuilder _rows;
    private readonly SegmentColumns _columns;
    private readonly IRowGroupTap? _tap;
    private readonly BufferedFile _stream;
    private readonly ParquetFileWriter _writer;

    /// <param name="stream">The new file; ownership is transferred.</param>
    /// <param name="rows">An empty builder; borrowed, with its buffers.</param>
    /// <param name="columns">Reads the columns of the batches; borrowed.</param>
    /// <param name="tap">Also receives the row groups; null: none.</param>
    public PieceFile(BufferedFile stream, RowGroupBuilder rows, SegmentColumns columns, IRowGroupTap? tap)
    {
        (_stream, _rows, _columns, _tap) = (stream, rows, columns, tap);
        _writer = new ParquetFileWriter(stream, CaptureSchema.Columns, rows.Writer);
    }

    /// <summary>Rows written.</summary>
    public long Rows => _writer.Rows;

    /// <summary>The time of its oldest row, Unix nanoseconds.</summary>
    public long FirstUnixNanoseconds { get; private set; } = long.MaxValue;

    /// <summary>The time of its newest row, Unix nanoseconds.</summary>
    public long LastUnixNanoseconds { get; private set; } = long.MinValue;

    /// <summary>Adds consecutive rows of a batch.</summary>
    /// <exception cref="IOException">The file can't be written, or a batch can't be read any more.</exception>
    public void Add(BatchPlace batch, int first, int count)
    {
        while (count > 0)
        {
            var taken = Math.Min(count, _rows.Free);
            _rows.Add(batch, first, taken);
            (first, count) = (first + taken, count - taken);
            if (_rows.Free == 0)
            {
                WriteRowGroup();
            }
        }
    }

    /// <summary>Writes the remaining rows and the footer, and makes the file durable.</summary>
    /// <exception cref="IOException">The file can't be written or synced.</exception>
    public void Complete(Func<PieceFile, IReadOnlyDictionary<string, string>> metadata, string agentVersion)
    {
        if (_rows.Rows > 0)
        {
            WriteRowGroup();
        }

        _writer.Complete(metadata(this), FileMetadata.CreatedBy(agentVersion));
        ContainedFolder.SyncData(_stream.File);
    }

    public void Dispose()
    {
        _rows.Clear();
        _stream.Dispose();
    }

    private void WriteRowGroup()
    {
        _rows.Write(_writer, _columns, _tap);
        FirstUnixNanoseconds = Math.Min(FirstUnixNanoseconds, _rows.FirstUnixNanoseconds);
        LastUnixNanoseconds = Math.Max(LastUnixNanoseconds, _rows.LastUnixNanoseconds);
        _rows.Clear();
    }
}
