using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>Receives the columns of row groups of events, in file order, while they are written or read back. Arguments are borrowed for the call. Not thread-safe.</summary>
internal interface IRowGroupTap
{
    /// <summary>Begins a row group.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="areDeltasKnown">Whether every CLOSE and FLOW has its traffic since the last FLOW.</param>
    void BeginRowGroup(int rows, bool areDeltasKnown);

    /// <summary>Receives a column of numbers, also one that this tap does not use.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="numbers">The values of the rows that have one; times are in microseconds.</param>
    /// <param name="presence">Which rows have a value; null: all.</param>
    void Take(string column, ReadOnlySpan<long> numbers, Presence? presence);

    /// <summary>Receives a column of texts, also one that this tap does not use.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="indices">Indices into <paramref name="texts"/>, for the rows that have a value.</param>
    /// <param name="texts">The dictionary.</param>
    /// <param name="presence">Which rows have a value; null: all.</param>
    void Take(string column, ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence);

    /// <summary>Ends the row group, after all columns.</summary>
    void EndRowGroup();
}
