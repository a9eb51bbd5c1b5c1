namespace NetMon.Events;

/// <summary>Losses since the start, at one stage for one reason.</summary>
/// <param name="Stage">Where: source, json, parquet...</param>
/// <param name="Reason">Why: ring_full, queue_full...</param>
/// <param name="Count">Events; bytes if the reason ends in _bytes.</param>
public readonly record struct LossCounter(string Stage, string Reason, long Count)
{
    /// <summary>The name shown to users: stage.reason.</summary>
    public string Name => $"{Stage}.{Reason}";
}
