using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>The values of a column of a row group, by row. Keeps its memory from row group to row group. One thread.</summary>
internal sealed class StoredColumn
{
    private const int Null = -1;

    private readonly PlainTexts _texts = new();
    private int[] _places = []; // of texts, and of numbers where some rows have none
    private long[] _numbers = [];
    private bool _hasPlaces;

    /// <summary>Copies what a reader has decoded.</summary>
    /// <param name="reader">Borrowed.</param>
    /// <param name="rows">Of the row group.</param>
    public void Take(ColumnReader reader, int rows)
    {
        _hasPlaces = reader.IsText || reader.Presence is not null;
        _texts.Clear();
        if (reader.IsText)
        {
            foreach (var text in reader.Texts)
            {
                _texts.Add(text);
            }
        }
        else
        {
            Reserve(ref _numbers, rows);
            reader.Numbers.CopyTo(_numbers);
        }

        if (!_hasPlaces)
        {
            return;
        }

        Reserve(ref _places, rows);
        _places.AsSpan(0, rows).Fill(Null);
        for (var n = 0; n < (reader.Presence?.Count ?? rows); n++)
        {
            _places[reader.RowOf(n)] = reader.IsText ? (int)reader.Indices[n] : n;
        }
    }

    /// <summary>Takes a column that the file has not.</summary>
    public void TakeNulls(int rows)
    {
        _hasPlaces = true;
        _texts.Clear();
        Reserve(ref _places, rows);
        _places.AsSpan(0, rows).Fill(Null);
    }

    public bool IsNull(int row) => _hasPlaces && _places[row] == Null;

    /// <summary>A row's text; empty for null.</summary>
    public ReadOnlySpan<byte> Text(int row) => _places[row] is var place and not Null ? _texts[place] : default;

    /// <summary>A row's number, which is not null.</summary>
    public long Number(int row) => _numbers[_hasPlaces ? _places[row] : row];

    private static void Reserve<T>(ref T[] buffer, int rows)
    {
        if (buffer.Length < rows)
        {
            buffer = new T[rows];
        }
    }
}
