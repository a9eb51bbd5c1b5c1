using NetMon.Events;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>Transfers new observations of a <see cref="DurationHistogram"/> to a Prometheus histogram, in seconds. The sum stays exact.</summary>
internal sealed class HistogramFeed(DurationHistogram source, IHistogram target)
{
    // Every second power of two from 2 us on: half as many series, and precise enough to detect a slow disk.
    private const int Step = 2;
    private readonly long[] _counts = new long[DurationHistogram.Buckets];
    private readonly TimeSpan[] _times = new TimeSpan[DurationHistogram.Buckets];

    /// <summary>The upper bounds of the buckets in seconds: 2 us, 8 us ... 2.1 s.</summary>
    public static double[] Bounds { get; } =
    [
        .. Enumerable.Range(0, DurationHistogram.Buckets - 1).Where(n => n % Step == 1).Select(n => DurationHistogram.UpperMicroseconds(n) / 1e6),
    ];

    public void Update()
    {
        for (var bucket = 0; bucket < DurationHistogram.Buckets; bucket++)
        {
            var (count, time) = (source.CountOf(bucket), source.TimeOf(bucket)); // in this order, a time without its count waits for the next transfer
            if (count > _counts[bucket])
            {
                // The mean of the new observations, which is in the same bucket as they are.
                target.Observe((time - _times[bucket]).TotalSeconds / (count - _counts[bucket]), count - _counts[bucket]);
                (_counts[bucket], _times[bucket]) = (count, time);
            }
        }
    }
}
