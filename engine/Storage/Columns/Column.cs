using Parquet;
using Parquet.Schema;

namespace NetMon.Storage.Columns;

/// <summary>
/// One column of the row group that is being gathered. Holds present values only, without gaps; an optional column's
/// <see cref="Levels"/> say which rows they belong to. Its buffers are kept from row group to row group.
/// </summary>
internal abstract class Column(DataField field, Levels? levels)
{
    protected DataField Field { get; } = field;

    protected ReadOnlyMemory<int>? DefinitionLevels => levels?.Rows;

    /// <summary>Whether the least and greatest value that the library notes down can be relied upon.</summary>
    public abstract bool HasBounds { get; }

    /// <summary>Makes room for this many rows; keeps what is there.</summary>
    public abstract void Reserve(int rows);

    public abstract void Clear();

    /// <summary>Writes the column; <paramref name="scratch"/> holds as many texts as the row group has rows.</summary>
    public abstract Task WriteAsync(ParquetRowGroupWriter group, Memory<ReadOnlyMemory<char>> scratch);
}
