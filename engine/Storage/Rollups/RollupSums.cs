namespace NetMon.Storage.Rollups;

/// <summary>The sums of a row of a roll-up but its latencies. Bytes stop at the greatest number that a column holds.</summary>
internal struct RollupSums
{
    public long Attempts;
    public long Accepts;
    public long Closed;
    public long BytesSent;
    public long BytesReceived;
    public long Retransmits;

    /// <summary>The first event, Unix microseconds.</summary>
    public long First;

    /// <summary>The last event, Unix microseconds.</summary>
    public long Last;

    /// <summary>Of no events.</summary>
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

    /// <summary>The sum of two numbers that are not negative.</summary>
    public static long Sum(long one, long other) => one > long.MaxValue - other ? long.MaxValue : one + other;
}
