using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using NetMon.Foundation;
using NetMon.Parquet.Reading;

namespace NetMon.Parquet;

/// <summary>
/// Writes a Parquet file sequentially: version 1 pages, Zstd, one page per column chunk (https://github.com/apache/parquet-format). Not
/// thread-safe.
/// </summary>
/// <param name="stream">The file, empty; borrowed.</param>
/// <param name="columns">Its columns, in order.</param>
/// <param name="group">Borrowed, with its memory.</param>
public sealed class ParquetFileWriter(BufferedFile stream, IReadOnlyList<ColumnDefinition> columns, RowGroupWriter group)
{
    private readonly ArrayBufferWriter<byte> _groups = new();
    private readonly StringBuilder _pageChecksums = new();
    private readonly StringBuilder _filterChecksums = new();
    private int _groupCount;

    /// <summary>The number of rows in the row groups written.</summary>
    public long Rows { get; private set; }

    /// <summary>Begins a row group: write all columns in order, then call <see cref="EndRowGroup"/>.</summary>
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
    /// Copies a row group of another file byte by byte, after verifying its checksums, so that damage is not propagated: nothing is written in that
    /// case.
    /// </summary>
    /// <param name="source">A file with the same columns in the same order.</param>
    /// <param name="number">The index of the row group.</param>
    /// <param name="rewrite">Called with each column; may write the column itself and return true. Null: all columns are copied.</param>
    /// <exception cref="DamagedFileException">The row group is corrupt, or has other columns.</exception>
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

    /// <summary>Writes the footer. There must be at least one row group.</summary>
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
