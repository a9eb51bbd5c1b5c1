using Parquet;
using Parquet.Schema;

namespace NetMon.Storage.Columns;

/// <summary>A column of integers.</summary>
internal sealed class NumberColumn<T>(DataField field, Levels? levels = null) : Column(field, levels)
    where T : struct
{
    private T[] _values = [];
    private int _count;

    public override bool HasBounds => _count > 0;

    public void Add(T value) => _values[_count++] = value;

    public override void Reserve(int rows) => Array.Resize(ref _values, rows);

    public override void Clear() => _count = 0;

    public override Task WriteAsync(ParquetRowGroupWriter group, Memory<ReadOnlyMemory<char>> scratch) =>
        group.WriteAllPartsAsync<T>(Field, _values.AsMemory(0, _count), DefinitionLevels, null, CancellationToken.None);
}
