using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Events;

public sealed class DurationHistogramTests
{
    [Fact]
    public void Each_duration_is_in_its_bucket_and_the_sum_is_exact()
    {
        var histogram = new DurationHistogram();
        var random = new Random(1);
        var total = TimeSpan.Zero;
        for (var n = 0; n < 10_000; n++)
        {
            var duration = new TimeSpan((long)Math.Exp(random.NextDouble() * Math.Log(1e9)));
            var before = Enumerable.Range(0, DurationHistogram.Buckets).Select(histogram.CountOf).ToArray();
            histogram.Add(duration, 3);
            total += 3 * duration;
            var bucket = Enumerable.Range(0, DurationHistogram.Buckets).Single(b => histogram.CountOf(b) == before[b] + 3);
            var microseconds = duration.Ticks / TimeSpan.TicksPerMicrosecond;
            Assert.True(microseconds <= DurationHistogram.UpperMicroseconds(bucket), $"{microseconds} us in bucket {bucket}");
            Assert.True(bucket == 0 || microseconds >= DurationHistogram.UpperMicroseconds(bucket) / 2 || bucket == DurationHistogram.Buckets - 1);
        }

        Assert.Equal(total, Enumerable.Range(0, DurationHistogram.Buckets).Aggregate(TimeSpan.Zero, (sum, b) => sum + histogram.TimeOf(b)));
    }

    [Fact]
    public void A_quantile_is_the_upper_bound_of_its_bucket()
    {
        var histogram = new DurationHistogram();
        Assert.Equal(0, histogram.Quantile(0.99));
        histogram.Add(TimeSpan.FromMicroseconds(100), 99);
        histogram.Add(TimeSpan.FromSeconds(100));
        Assert.Equal((128, 128, 1 << 23), (histogram.Quantile(0.5), histogram.Quantile(0.99), histogram.Quantile(1)));
    }

    [Fact]
    public void A_negative_duration_counts_as_zero()
    {
        var histogram = new DurationHistogram();
        histogram.Add(TimeSpan.FromSeconds(-1));
        Assert.Equal((1, TimeSpan.Zero), (histogram.CountOf(0), histogram.TimeOf(0)));
    }
}
