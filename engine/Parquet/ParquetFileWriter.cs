using System.Buffers;
using System.Buffers.Binary;

namespace NetMon.Parquet;

/// <summary>
/// Writes a Parquet file from its beginning to its end: pages of version 1, Zstd, one page a column chunk
/// (https://github.com/apache/parquet-format). One thread.
/// </summary>
/// <param name="stream">The file, empty; borrowed.</param>
/// <param name="columns">Its columns, in their order.</param>
/// <param name="group">Borrowed, with its memory.</param>
public sealed class ParquetFileWriter(BufferedFile stream, IReadOnlyList<ColumnDefinition> columns, RowGroupWriter group)
{
    private readonly ArrayBufferWriter<byte> _groups = new();
    private int _groupCount;

    /// <summary>Rows of the row groups that are written.</summary>
    public long Rows { get; private set; }

    /// <summary>Begins a row group: give it all columns, in their order, then call <see cref="EndRowGroup"/>.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public RowGroupWriter BeginRowGroup(int rows)
    {
        if (_groupCount == 0)
        {
            stream.Write(Format.Magic);
        }

        group.Begin(stream, rows, columns);
        return group;
    }

    public void EndRowGroup()
    {
        group.End(_groupCount++);
        _groups.Write(group.Description);
        Rows += group.Rows;
    }

    /// <summary>Writes the footer. There is one row group at the least.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Complete(IReadOnlyDictionary<string, string> metadata, string createdBy)
    {
        var footer = new CompactThrift();
        FileFooter.Write(footer, columns, Rows, _groups.WrittenSpan, _groupCount, metadata, createdBy);
        stream.Write(footer.Written);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Written.Length);
        stream.Write(length);
        stream.Write(Format.Magic);
        stream.Commit();
    }
}
