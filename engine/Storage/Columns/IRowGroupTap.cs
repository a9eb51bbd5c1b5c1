using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>Takes the columns of row groups of events, in the order of the files, as they are written or as they are read back. What it is given is borrowed for the call. One thread.</summary>
internal interface IRowGroupTap
{
    /// <summary>Begins a row group.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="areDeltasKnown">Whether every CLOSE and FLOW has its differences since the last FLOW.</param>
    void BeginRowGroup(int rows, bool areDeltasKnown);

    /// <summary>Takes a column of numbers; those that it has no use for, too.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="numbers">The values of the rows that have one; times are in microseconds.</param>
    /// <param name="presence">Which rows have one; null: all.</param>
    void Take(string column, ReadOnlySpan<long> numbers, Presence? presence);

    /// <summary>Takes a column of texts; those that it has no use for, too.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="indices">The texts of the rows that have one.</param>
    /// <param name="texts">What they are indices into.</param>
    /// <param name="presence">Which rows have one; null: all.</param>
    void Take(string column, ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence);

    /// <summary>All columns were given.</summary>
    void EndRowGroup();
}
