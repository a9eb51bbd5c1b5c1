using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The values of a column for the next row group, added row by row. Memory is reused. Not thread-safe.</summary>
/// <param name="column">The column.</param>
/// <param name="capacity">The maximum number of rows.</param>
internal sealed class ColumnBuffer(ColumnDefinition column, int capacity)
{
    private readonly bool _isText = column.Kind == ColumnKind.Text;
    private readonly long[] _numbers = new long[column.Kind == ColumnKind.Text ? 0 : capacity];
    private readonly uint[] _indices = new uint[column.Kind == ColumnKind.Text ? capacity : 0];
    private readonly DistinctTexts _texts = new();
    private readonly uint[] _present = new uint[column.IsOptional ? capacity : 0];
    private readonly Presence _presence = new();
    private int _rows;
    private int _values;

    public void Add(long value)
    {
        Next(isPresent: true);
        _numbers[_values++] = value;
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        Next(isPresent: true);
        _indices[_values++] = _texts.IndexOf(text);
    }

    public void AddNull() => Next(isPresent: false);

    /// <summary>Writes the column and clears its values.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Write(RowGroupWriter group)
    {
        if (column.IsOptional)
        {
            _presence.Settle(_present.AsSpan(0, _rows));
        }

        var presence = column.IsOptional ? _presence : null;
        if (_isText)
        {
            group.WriteTexts(column, _indices.AsSpan(0, _values), _texts.Texts, presence);
        }
        else
        {
            group.WriteNumbers(column, _numbers.AsSpan(0, _values), presence);
        }

        Clear();
    }

    /// <summary>Removes the values.</summary>
    public void Clear()
    {
        (_rows, _values) = (0, 0);
        _texts.Clear();
    }

    private void Next(bool isPresent)
    {
        if (column.IsOptional)
        {
            _present[_rows] = isPresent ? 1u : 0;
        }

        _rows++;
    }
}
