namespace NetMon.Storage;

/// <summary>Rows that were written to a file.</summary>
/// <param name="Count">How many.</param>
/// <param name="First">The least time, Unix nanoseconds.</param>
/// <param name="Last">The greatest time, Unix nanoseconds.</param>
internal readonly record struct WrittenRows(long Count, long First, long Last)
{
    /// <summary>Both together.</summary>
    public WrittenRows And(WrittenRows more) => new(Count + more.Count, Math.Min(First, more.First), Math.Max(Last, more.Last));
}
