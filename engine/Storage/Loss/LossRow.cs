namespace NetMon.Storage.Loss;

/// <summary>What is known to be missing from a stretch of time.</summary>
/// <param name="From">Unix nanoseconds.</param>
/// <param name="To">Unix nanoseconds.</param>
/// <param name="Stage">Where: source, json, parquet, agent…</param>
/// <param name="Reason">Why: ring_full, queue_full, down…</param>
/// <param name="Count">Events; null where nobody can tell.</param>
public readonly record struct LossRow(long From, long To, string Stage, string Reason, long? Count);
