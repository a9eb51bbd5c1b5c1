namespace NetMon.Storage.Cold;

/// <summary>Files of hot/ of one hour that are to become one Parquet file.</summary>
/// <param name="Hour">Theirs.</param>
/// <param name="Paths">In the order of writing, relative to the capture directory.</param>
/// <param name="IsLoss">Whether they have rows of losses, not events.</param>
internal sealed record SealJob(Hour Hour, IReadOnlyList<string> Paths, bool IsLoss)
{
    /// <summary>When to try again, milliseconds of Environment.TickCount64.</summary>
    public long RetryAt { get; set; }
}
