using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>The decoded values of a row group's column, by row. Memory is reused. Not thread-safe.</summary>
internal sealed class StoredColumn
{
    private const int Null = -1;

    private readonly PlainTexts _texts = new();
    private int[] _places = []; // of texts, and of numbers with nulls
    private long[] _numbers = [];
    private bool _hasPlaces;

    /// <summary>Copies the column that a reader has decoded.</summary>
    /// <param name="reader">Borrowed.</param>
    /// <param name="rows">Rows of the row group.</param>
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

    /// <summary>Fills the column with nulls, for a file that does not have it.</summary>
    public void TakeNulls(int rows)
    {
        _hasPlaces = true;
        _texts.Clear();
        Reserve(ref _places, rows);
        _places.AsSpan(0, rows).Fill(Null);
    }

    public bool IsNull(int row) => _hasPlaces && _places[row] == Null;

    /// <summary>Returns a row's text; empty for null.</summary>
    public ReadOnlySpan<byte> Text(int row) => _places[row] is var place and not Null ? _texts[place] : default;

    /// <summary>Returns a row's number, which must not be null.</summary>
    public long Number(int row) => _numbers[_hasPlaces ? _places[row] : row];

    private static void Reserve<T>(ref T[] buffer, int rows)
    {
        if (buffer.Length < rows)
        {
            buffer = new T[rows];
        }
    }
}
