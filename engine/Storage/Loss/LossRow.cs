namespace NetMon.Storage.Loss;

/// <summary>What is known to be missing from a stretch of time.</summary>
/// <param name="From">Unix nanoseconds.</param>
/// <param name="To">Unix nanoseconds.</param>
/// <param name="Stage">Where: source, json, parquet, agent…</param>
/// <param name="Reason">Why: ring_full, queue_full, down…</param>
/// <param name="Count">Events; null where nobody can tell.</param>
/// <param name="Cgroup">Whose events they were; null: of those that have no row of their own, or it is not known by cgroup.</param>
public readonly record struct LossRow(long From, long To, string Stage, string Reason, long? Count, LossCgroup? Cgroup = null)
{
    /// <summary>Adds up rows of the same stage, reason and cgroup, each from the first to the last moment.</summary>
    internal static List<LossRow> AddUp(IEnumerable<LossRow> rows) =>
        [.. rows.GroupBy(row => (row.Stage, row.Reason, row.Cgroup?.Id, IsKnown: row.Count is not null)).Select(same => same.First() with
        {
            From = same.Min(row => row.From),
            To = same.Max(row => row.To),
            Count = same.Key.IsKnown ? same.Sum(row => row.Count) : null,
        })];
}
