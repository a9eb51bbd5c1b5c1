using NetMon.Events;
using NetMon.Native;
using NetMon.Storage.Columns;
using Parquet;

namespace NetMon.Storage.Cold;

/// <summary>A Parquet file of an hour that is being made. Nothing of it is worth keeping unless <see cref="Complete"/> comes to its end. One thread.</summary>
internal sealed class ColdFile : IDisposable
{
    private readonly RowGroupBuilder _rows;
    private readonly int _rowGroupRows;
    private readonly ColdStream _stream;
    private readonly ParquetWriter _writer;
    private readonly Memory<ReadOnlyMemory<char>> _scratch;

    /// <param name="stream">The new file; taken over.</param>
    /// <param name="rows">Empty; borrowed, with its buffers.</param>
    /// <param name="scratch">Room for a text per row of a row group.</param>
    public ColdFile(ColdStream stream, RowGroupBuilder rows, Memory<ReadOnlyMemory<char>> scratch)
    {
        (_stream, _rows, _scratch, _rowGroupRows) = (stream, rows, scratch, scratch.Length);
        _writer = Completed(ParquetWriter.CreateAsync(CaptureSchema.Schema, stream, CaptureSchema.WriterOptions));
    }

    /// <summary>Rows added.</summary>
    public long Rows { get; private set; }

    /// <summary>The least time of its rows, Unix nanoseconds.</summary>
    public long FirstUnixNanoseconds { get; private set; } = long.MaxValue;

    /// <summary>The greatest time of its rows, Unix nanoseconds.</summary>
    public long LastUnixNanoseconds { get; private set; } = long.MinValue;

    /// <exception cref="IOException">The file can't be written.</exception>
    public void Add(in ConnectionEvent connection)
    {
        _rows.Add(in connection);
        if (_rows.Rows == _rowGroupRows)
        {
            WriteRowGroup();
        }
    }

    /// <summary>Writes the rest and the footer, and makes the file durable.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public void Complete(Func<ColdFile, IReadOnlyDictionary<string, string>> metadata)
    {
        if (_rows.Rows > 0)
        {
            WriteRowGroup();
        }

        _writer.CustomMetadata = metadata(this);
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stream.Commit();
        ContainedFolder.SyncData(_stream.File);
    }

    public void Dispose()
    {
        _rows.Clear();
        _scratch.Span.Clear();
        _stream.Dispose();
    }

    private void WriteRowGroup()
    {
        using (var group = _writer.CreateRowGroup())
        {
            _rows.WriteAsync(group, _scratch).GetAwaiter().GetResult();
        }

        Rows += _rows.Rows;
        FirstUnixNanoseconds = Math.Min(FirstUnixNanoseconds, _rows.FirstUnixNanoseconds);
        LastUnixNanoseconds = Math.Max(LastUnixNanoseconds, _rows.LastUnixNanoseconds);
        _rows.Clear();
    }

    /// <summary>The stream completes synchronously, so the library does: nothing is waited for.</summary>
    private static T Completed<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
