using Parquet;
using Parquet.Schema;

namespace NetMon.Storage.Columns;

/// <summary>A column of texts, held as indices into a dictionary.</summary>
internal sealed class TextColumn(DataField field, TextDictionary dictionary, Levels? levels = null) : Column(field, levels)
{
    private int[] _indices = [];
    private int _count;

    public override bool HasBounds => _count > 0 && dictionary.SortsAlikeInUtf8;

    public void Add(int index) => _indices[_count++] = index;

    public override void Reserve(int rows) => Array.Resize(ref _indices, rows);

    public override void Clear() => _count = 0;

    public override Task WriteAsync(ParquetRowGroupWriter group, Memory<ReadOnlyMemory<char>> scratch)
    {
        var texts = scratch[.._count];
        dictionary.Look(_indices.AsSpan(0, _count), texts.Span);
        return group.WriteAllPartsAsync<ReadOnlyMemory<char>>(Field, texts, DefinitionLevels, null, CancellationToken.None);
    }
}
