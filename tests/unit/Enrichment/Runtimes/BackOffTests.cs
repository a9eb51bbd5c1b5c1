using NetMon.Enrichment.Runtimes;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

public sealed class BackOffTests
{
    [Fact]
    public void Doubles_up_to_the_longest_and_varies_by_a_fifth()
    {
        var different = new HashSet<TimeSpan>();
        for (var run = 0; run < 200; run++)
        {
            var backOff = new BackOff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30));
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
}
