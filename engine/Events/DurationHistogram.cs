using System.Numerics;

namespace NetMon.Events;

/// <summary>
/// A histogram of durations, with a bucket for each power of two of microseconds. One thread writes, without allocations or locks; any
/// thread may read.
/// </summary>
public sealed class DurationHistogram
{
    /// <summary>The number of buckets. The last has no upper bound.</summary>
    public const int Buckets = 24;

    private readonly long[] _counts = new long[Buckets];
    private readonly long[] _ticks = new long[Buckets];

    /// <summary>The upper bound of bucket n in microseconds: 0, 2, 4, 8 ... 2^22 (4.2 s), then infinity.</summary>
    public static double UpperMicroseconds(int bucket) => bucket switch
    {
        0 => 0,
        Buckets - 1 => double.PositiveInfinity,
        _ => 1L << bucket,
    };

    /// <summary>Number of observations in bucket n.</summary>
    public long CountOf(int bucket) => Volatile.Read(ref _counts[bucket]);

    /// <summary>Total duration of the observations in bucket n.</summary>
    public TimeSpan TimeOf(int bucket) => new(Volatile.Read(ref _ticks[bucket]));

    /// <summary>Returns a quantile in microseconds, rounded up to a power of two; 0 without observations.</summary>
    public long Quantile(double share)
    {
        var (total, sum) = (0L, 0L);
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            total += CountOf(bucket);
        }

        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            sum += CountOf(bucket);
            if (sum >= share * total)
            {
                return bucket == 0 ? 0 : 1L << bucket;
            }
        }

        return 1L << Buckets;
    }

    /// <summary>Adds observations of the same duration.</summary>
    public void Add(TimeSpan duration, long times = 1)
    {
        var microseconds = (ulong)Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        var bucket = microseconds == 0 ? 0 : Math.Min(Buckets - 1, BitOperations.Log2(microseconds) + 1);
        Volatile.Write(ref _ticks[bucket], _ticks[bucket] + (Math.Max(0, duration.Ticks) * times));
        Volatile.Write(ref _counts[bucket], _counts[bucket] + times);
    }
}
