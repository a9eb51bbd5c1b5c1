using NetMon.Events.Columns;
using NetMon.Parquet;
using NetMon.Storage.Cold;

namespace NetMon.Storage.Columns;

/// <summary>Which container, or which peer, each row of a row group has, by numbers. All buffers are reused. One thread.</summary>
/// <typeparam name="T">A container or a peer.</typeparam>
/// <param name="dictionary">The number of the hot batches' dictionary.</param>
/// <param name="capacity">The most rows.</param>
/// <param name="entriesOf">The dictionary of a batch.</param>
/// <param name="shared">What an entry of a batch is counted as.</param>
internal sealed class IdentityRows<T>(int dictionary, int capacity, Func<BatchPlace, T[]> entriesOf, Func<T, T> shared)
    where T : class
{
    /// <summary>The number of a row that has none.</summary>
    public const int None = SegmentColumns.NoEntry;

    private readonly int[] _numbers = new int[capacity];
    private readonly Presence _all = new();
    private readonly Presence _known = new();
    private readonly IdentityTexts<T> _texts = new(shared);
    private int _rows;

    /// <summary>The rows' numbers, or <see cref="None"/>.</summary>
    public Span<int> Numbers => _numbers.AsSpan(0, _rows);

    /// <summary>The texts that <see cref="Index"/> made.</summary>
    public PlainTexts Texts => _texts.Texts;

    /// <summary>Reads the numbers of all rows, in the order in which they come.</summary>
    /// <param name="runs">The rows.</param>
    /// <param name="source">Where the batches are.</param>
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

    /// <summary>Finds which rows have one, once the numbers are in their order.</summary>
    /// <param name="scratch">Room for a value of each row.</param>
    public void Settle(Span<uint> scratch)
    {
        for (var row = 0; row < _rows; row++)
        {
            scratch[row] = _numbers[row] == None ? 0u : 1;
        }

        _all.Settle(scratch[.._rows]);
    }

    /// <summary>Makes the dictionary of one text, and gives its index for each row that has one.</summary>
    /// <param name="column">The text.</param>
    /// <param name="indices">Receives the indices; room for one of each row.</param>
    /// <returns>Which rows have one; valid until the next call.</returns>
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

    /// <summary>Forgets the rows; keeps the buffers.</summary>
    public void Clear()
    {
        _rows = 0;
        _texts.Clear();
    }
}
