namespace NetMon.Storage;

/// <summary>The rows written to a file.</summary>
/// <param name="Count">Number of rows.</param>
/// <param name="First">The time of the oldest row, Unix nanoseconds.</param>
/// <param name="Last">The time of the newest row, Unix nanoseconds.</param>
internal readonly record struct WrittenRows(long Count, long First, long Last)
{
    /// <summary>Combines two sets of rows.</summary>
    public WrittenRows And(WrittenRows more) => new(Count + more.Count, Math.Min(First, more.First), Math.Max(Last, more.Last));
}
