using NetMon.Events.Columns;
using NetMon.Parquet;
using NetMon.Storage.Cold;

namespace NetMon.Storage.Columns;

/// <summary>The container, or the peer, of each row of a row group, as numbers. All buffers are reused. Not thread-safe.</summary>
/// <typeparam name="T">A container or a peer.</typeparam>
/// <param name="dictionary">The number of the hot batches' dictionary.</param>
/// <param name="capacity">The maximum number of rows.</param>
/// <param name="entriesOf">Returns the dictionary of a batch.</param>
/// <param name="shared">Maps an entry of a batch to the object that it is counted as.</param>
internal sealed class IdentityRows<T>(int dictionary, int capacity, Func<BatchPlace, T[]> entriesOf, Func<T, T> shared)
    where T : class
{
    /// <summary>The number of a row without container or peer.</summary>
    public const int None = SegmentColumns.NoEntry;

    private readonly int[] _numbers = new int[capacity];
    private readonly Presence _all = new();
    private readonly Presence _known = new();
    private readonly IdentityTexts<T> _texts = new(shared);
    private int _rows;

    /// <summary>Each row's number, or <see cref="None"/>.</summary>
    public Span<int> Numbers => _numbers.AsSpan(0, _rows);

    /// <summary>The texts made by the last call of <see cref="Index"/>.</summary>
    public PlainTexts Texts => _texts.Texts;

    /// <summary>Reads the numbers of all rows, in the order of the runs.</summary>
    /// <param name="runs">The rows.</param>
    /// <param name="source">Reads the batches.</param>
    /// <exception cref="IOException">A batch can't be read any more.</exception>
    public void Read(List<(BatchPlace Batch, int First, int Count)> runs, SegmentColumns source)
    {
        _rows = 0;
        foreach (var (batch, first, count) in runs)
        {
            var numbers = _numbers.AsSpan(_rows, count);
            source.ReadEntries(batch, dictionary, first, numbers);
            foreach (ref var number in numbers)
            {
                if (number != None)
                {
                    number = _texts.NumberOf(entriesOf(batch), number);
                }
            }

            _rows += count;
        }
    }

    /// <summary>Determines which rows have a number, after the numbers have been sorted.</summary>
    /// <param name="scratch">Room for one value per row.</param>
    public void Settle(Span<uint> scratch)
    {
        for (var row = 0; row < _rows; row++)
        {
            scratch[row] = _numbers[row] == None ? 0u : 1;
        }

        _all.Settle(scratch[.._rows]);
    }

    /// <summary>Makes the dictionary of one text column, and returns its index for each row that has a value.</summary>
    /// <param name="column">The text column.</param>
    /// <param name="indices">Receives the indices; room for one per row.</param>
    /// <returns>Which rows have a value; valid until the next call.</returns>
    public Presence Index(IdentityColumn<T> column, Span<uint> indices)
    {
        var indexOf = _texts.Index(column);
        var presence = _all;
        if (indexOf.Contains(IdentityTexts<T>.None))
        {
            for (var row = 0; row < _rows; row++)
            {
                indices[row] = _numbers[row] == None || indexOf[_numbers[row]] == IdentityTexts<T>.None ? 0u : 1;
            }

            _known.Settle(indices[.._rows]);
            presence = _known;
        }

        var rows = presence.Rows;
        for (var n = 0; n < rows.Length; n++)
        {
            indices[n] = indexOf[_numbers[rows[n]]];
        }

        return presence;
    }

    /// <summary>Removes all rows; keeps the buffers.</summary>
    public void Clear()
    {
        _rows = 0;
        _texts.Clear();
    }
}
