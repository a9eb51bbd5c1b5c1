using NetMon.Native;
using NetMon.Parquet;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Cold;

/// <summary>A Parquet file that is being made of batches. Nothing of it is worth keeping unless <see cref="Complete"/> comes to its end. One thread.</summary>
internal sealed class PieceFile : IDisposable
{
    private readonly RowGroupBuilder _rows;
    private readonly SegmentColumns _columns;
    private readonly IRowGroupTap? _tap;
    private readonly BufferedFile _stream;
    private readonly ParquetFileWriter _writer;

    /// <param name="stream">The new file; taken over.</param>
    /// <param name="rows">Empty; borrowed, with its buffers.</param>
    /// <param name="columns">Of the batches; borrowed.</param>
    /// <param name="tap">Gets the row groups too; null: nobody does.</param>
    public PieceFile(BufferedFile stream, RowGroupBuilder rows, SegmentColumns columns, IRowGroupTap? tap)
    {
        (_stream, _rows, _columns, _tap) = (stream, rows, columns, tap);
        _writer = new ParquetFileWriter(stream, CaptureSchema.Columns, rows.Writer);
    }

    /// <summary>Rows written.</summary>
    public long Rows => _writer.Rows;

    /// <summary>The least time of its rows, Unix nanoseconds.</summary>
    public long FirstUnixNanoseconds { get; private set; } = long.MaxValue;

    /// <summary>The greatest time of its rows, Unix nanoseconds.</summary>
    public long LastUnixNanoseconds { get; private set; } = long.MinValue;

    /// <summary>Adds rows of a batch that follow each other.</summary>
    /// <exception cref="IOException">The file can't be written, or a batch not be read any more.</exception>
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

    /// <summary>Writes the rest and the footer, and makes the file durable.</summary>
    /// <exception cref="IOException">It can't.</exception>
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
