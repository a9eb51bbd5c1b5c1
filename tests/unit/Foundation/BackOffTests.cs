using NetMon.Foundation;
using Xunit;

namespace NetMon.UnitTests.Foundation;

public sealed class BackOffTests
{
    [Fact]
    public void Doubles_up_to_the_longest_and_varies_by_the_jitter()
    {
        var different = new HashSet<TimeSpan>();
        for (var run = 0; run < 200; run++)
        {
            var backOff = new BackOff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30), jitter: 0.2);
            foreach (var expected in (double[])[0.5, 1, 2, 4, 8, 16, 30, 30, 30])
            {
                var wait = backOff.Next();
                Assert.InRange(wait.TotalSeconds, expected * 0.8, expected * 1.2);
                different.Add(wait);
            }

            backOff.Reset();
            Assert.InRange(backOff.Next().TotalSeconds, 0.4, 0.6);
        }

        Assert.True(different.Count > 100);
    }

    [Fact]
    public void Without_jitter_the_waits_are_exact()
    {
        var backOff = new BackOff(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1));
        Assert.Equal([10, 20, 40, 60, 60], Enumerable.Range(0, 5).Select(_ => backOff.Next().TotalSeconds));
        backOff.Reset();
        Assert.Equal(10, backOff.Next().TotalSeconds);
    }
}
