using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using NetMon.Foundation;
using NetMon.Parquet.Reading;

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
    private readonly StringBuilder _pageChecksums = new();
    private readonly StringBuilder _filterChecksums = new();
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
        _pageChecksums.Append(Checksums.Text(group.PagesChecksum));
        _filterChecksums.Append(Checksums.Text(group.FiltersChecksum));
        Rows += group.Rows;
    }

    /// <summary>
    /// Copies a row group of another file byte for byte, after its checksums are verified, so that damage is not carried on: nothing is
    /// written then.
    /// </summary>
    /// <param name="source">A file with the same columns in the same order.</param>
    /// <param name="number">Of its row groups.</param>
    /// <param name="rewrite">May write the next column, which it is given, anew: it then returns true. Null: all are copied.</param>
    /// <exception cref="DamagedFileException">The row group is damaged, or has other columns.</exception>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public void CopyRowGroup(ParquetFile source, int number, Func<RowGroupWriter, ColumnDefinition, bool>? rewrite = null)
    {
        if (!source.HasColumns(columns))
        {
            throw new DamagedFileException("the file has other columns");
        }

        source.Verify(number);
        var copied = source.RowGroups[number];
        BeginRowGroup(copied.Rows);
        for (var column = 0; column < columns.Count; column++)
        {
            if (rewrite is null || !rewrite(group, columns[column]))
            {
                group.Copy(columns[column], source, copied.Chunks[column]);
            }
        }

        EndRowGroup();
    }

    /// <summary>Writes the footer. There is one row group at the least.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Complete(IReadOnlyDictionary<string, string> metadata, string createdBy)
    {
        var pairs = new Dictionary<string, string>(metadata)
        {
            [Checksums.PagesKey] = _pageChecksums.ToString(),
            [Checksums.FiltersKey] = _filterChecksums.ToString(),
        };
        var thrift = new CompactThrift();
        var checksumAt = FileFooter.Write(thrift, columns, Rows, _groups.WrittenSpan, _groupCount, pairs, createdBy);
        var footer = thrift.Written.ToArray();
        Encoding.ASCII.GetBytes(Checksums.Text(Crc32C.Of(footer)), footer.AsSpan(checksumAt));
        stream.Write(footer);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        stream.Write(length);
        stream.Write(Format.Magic);
        stream.Commit();
    }
}
