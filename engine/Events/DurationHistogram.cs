using System.Numerics;

namespace NetMon.Events;

/// <summary>
/// How long something took, how often: in buckets by powers of two of a microsecond. One thread adds, which neither
/// allocates nor locks; any may read.
/// </summary>
public sealed class DurationHistogram
{
    /// <summary>How many buckets there are. The last has all that took longer than the one before it.</summary>
    public const int Buckets = 24;

    private readonly long[] _counts = new long[Buckets];
    private readonly long[] _ticks = new long[Buckets];

    /// <summary>The longest, microseconds, that bucket n has: 0, 2, 4, 8 ... 2^22 (4.2 s), then no bound.</summary>
    public static double UpperMicroseconds(int bucket) => bucket switch
    {
        0 => 0,
        Buckets - 1 => double.PositiveInfinity,
        _ => 1L << bucket,
    };

    /// <summary>How often bucket n was hit.</summary>
    public long CountOf(int bucket) => Volatile.Read(ref _counts[bucket]);

    /// <summary>All that bucket n had took so long together.</summary>
    public TimeSpan TimeOf(int bucket) => new(Volatile.Read(ref _ticks[bucket]));

    /// <summary>How long, microseconds, this share of them took at the most; to the next power of two. 0 when there was none.</summary>
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

    /// <summary>So many took so long each.</summary>
    public void Add(TimeSpan duration, long times = 1)
    {
        var microseconds = (ulong)Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        var bucket = microseconds == 0 ? 0 : Math.Min(Buckets - 1, BitOperations.Log2(microseconds) + 1);
        Volatile.Write(ref _ticks[bucket], _ticks[bucket] + (Math.Max(0, duration.Ticks) * times));
        Volatile.Write(ref _counts[bucket], _counts[bucket] + times);
    }
}
