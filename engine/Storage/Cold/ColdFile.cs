using NetMon.Native;
using NetMon.Parquet;
using NetMon.Storage.Columns;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Cold;

/// <summary>A Parquet file of an hour that is being made. Nothing of it is worth keeping unless <see cref="Complete"/> comes to its end. One thread.</summary>
internal sealed class ColdFile : IDisposable
{
    private readonly RowGroupBuilder _rows;
    private readonly BufferedFile _stream;
    private readonly ParquetFileWriter _writer;

    /// <param name="stream">The new file; taken over.</param>
    /// <param name="rows">Empty; borrowed, with its buffers.</param>
    public ColdFile(BufferedFile stream, RowGroupBuilder rows)
    {
        (_stream, _rows) = (stream, rows);
        _writer = new ParquetFileWriter(stream, CaptureSchema.Columns, rows.Writer);
    }

    /// <summary>Rows written.</summary>
    public long Rows => _writer.Rows;

    /// <summary>The least time of its rows, Unix nanoseconds.</summary>
    public long FirstUnixNanoseconds { get; private set; } = long.MaxValue;

    /// <summary>The greatest time of its rows, Unix nanoseconds.</summary>
    public long LastUnixNanoseconds { get; private set; } = long.MinValue;

    /// <summary>Adds rows of a batch that follow each other.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Add(HotBatch batch, int first, int count)
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
    public void Complete(Func<ColdFile, IReadOnlyDictionary<string, string>> metadata, string agentVersion)
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
        foreach (var time in _rows.Timestamps)
        {
            FirstUnixNanoseconds = Math.Min(FirstUnixNanoseconds, time);
            LastUnixNanoseconds = Math.Max(LastUnixNanoseconds, time);
        }

        _rows.Write(_writer);
        _rows.Clear();
    }
}
