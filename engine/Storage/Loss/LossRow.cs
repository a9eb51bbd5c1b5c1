namespace NetMon.Storage.Loss;

/// <summary>Events that are missing from a time range.</summary>
/// <param name="From">Unix nanoseconds.</param>
/// <param name="To">Unix nanoseconds.</param>
/// <param name="Stage">Where: source, json, parquet, agent…</param>
/// <param name="Reason">Why: ring_full, queue_full, down…</param>
/// <param name="Count">Events; null if unknown.</param>
/// <param name="Cgroup">The cgroup of the events; null: of all that have no row of their own, or unknown.</param>
public readonly record struct LossRow(long From, long To, string Stage, string Reason, long? Count, LossCgroup? Cgroup = null)
{
    /// <summary>Adds up the rows of each stage, reason and cgroup; each result covers the time range of its rows.</summary>
    internal static List<LossRow> AddUp(IEnumerable<LossRow> rows) =>
        [.. rows.GroupBy(row => (row.Stage, row.Reason, row.Cgroup?.Id, IsKnown: row.Count is not null)).Select(same => same.First() with
        {
            From = same.Min(row => row.From),
            To = same.Max(row => row.To),
            Count = same.Key.IsKnown ? same.Sum(row => row.Count) : null,
        })];
}
