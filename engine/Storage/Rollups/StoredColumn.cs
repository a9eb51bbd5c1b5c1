using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>The values of a column of a row group, by row. Keeps its memory from row group to row group. One thread.</summary>
internal sealed class StoredColumn
{
    private const int Null = -1;

    private readonly PlainTexts _texts = new();
    private int[] _places = [];
    private long[] _numbers = [];

    /// <summary>Copies what a reader has decoded.</summary>
    /// <param name="reader">Borrowed.</param>
    /// <param name="rows">Of the row group.</param>
    public void Take(ColumnReader reader, int rows)
    {
        if (_places.Length < rows)
        {
            _places = new int[rows];
        }

        _texts.Clear();
        foreach (var text in reader.Texts)
        {
            _texts.Add(text);
        }

        var isText = _texts.Count > 0;
        if (!isText)
        {
            if (_numbers.Length < reader.Numbers.Length)
            {
                _numbers = new long[rows];
            }

            reader.Numbers.CopyTo(_numbers);
        }

        _places.AsSpan(0, rows).Fill(Null);
        for (var n = 0; n < (reader.Presence?.Count ?? rows); n++)
        {
            _places[reader.RowOf(n)] = isText ? (int)reader.Indices[n] : n;
        }
    }

    public bool IsNull(int row) => _places[row] == Null;

    /// <summary>A row's text; empty for null.</summary>
    public ReadOnlySpan<byte> Text(int row) => IsNull(row) ? default : _texts[_places[row]];

    /// <summary>A row's number, which is not null.</summary>
    public long Number(int row) => _numbers[_places[row]];
}
