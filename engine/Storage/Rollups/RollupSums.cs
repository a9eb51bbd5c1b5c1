namespace NetMon.Storage.Rollups;

/// <summary>The sums of a roll-up's row except for the latencies. Byte counts saturate at the maximum of the column's type.</summary>
internal struct RollupSums
{
    public long Attempts;
    public long Accepts;
    public long Closed;
    public long BytesSent;
    public long BytesReceived;
    public long Retransmits;

    /// <summary>The time of the first event, Unix microseconds.</summary>
    public long First;

    /// <summary>The time of the last event, Unix microseconds.</summary>
    public long Last;

    /// <summary>Sums of no events.</summary>
    public static RollupSums Empty => new() { First = long.MaxValue, Last = long.MinValue };

    public void Add(in RollupSums other)
    {
        Attempts += other.Attempts;
        Accepts += other.Accepts;
        Closed += other.Closed;
        BytesSent = Sum(BytesSent, other.BytesSent);
        BytesReceived = Sum(BytesReceived, other.BytesReceived);
        Retransmits = Sum(Retransmits, other.Retransmits);
        First = Math.Min(First, other.First);
        Last = Math.Max(Last, other.Last);
    }

    /// <summary>Adds two non-negative numbers with saturation.</summary>
    public static long Sum(long one, long other) => one > long.MaxValue - other ? long.MaxValue : one + other;
}
