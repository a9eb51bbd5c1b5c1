using NetMon.Enrichment;
using NetMon.Enrichment.Runtimes;
using NetMon.Host;
using NetMon.Pipeline.Enrich;
using NetMon.Sources;
using Xunit;

namespace NetMon.UnitTests.Host;

public sealed class NamingAccountTests
{
    private readonly NamingCounters _naming = new();

    [Fact]
    public void Without_events_there_is_no_share() =>
        Assert.Contains("events in containers 0, with names 0; wait", Summary(), StringComparison.Ordinal);

    [Theory]
    [InlineData(3, 3, "events in containers 3, with names 3 (100.00 %);")]
    [InlineData(3, 1, "events in containers 3, with names 1 (33.33 %);")]
    [InlineData(3, 0, "events in containers 3, with names 0 (0.00 %);")]
    public void The_share_is_of_the_events_in_containers(int inContainers, int named, string expected)
    {
        _naming.CountBatch(events: 10, inContainers, named, TimeSpan.Zero);
        Assert.Contains(expected, Summary(), StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_and_failures_are_those_of_all_runtimes()
    {
        var endpoint = new RuntimeEndpoint("/run/s", RuntimeKind.Cri);
        Assert.EndsWith(
            "runtime calls 7, failures 3, containers skipped 9",
            Summary(new RuntimeStatus { Endpoint = endpoint, Calls = 5, Failures = 1, LeftOut = 9 }, new RuntimeStatus { Endpoint = endpoint, Calls = 2, Failures = 2 }),
            StringComparison.Ordinal);
    }

    private string Summary(params RuntimeStatus[] runtimes) => NamingAccount.Summary(new SourceCounters(0, 0), new DirectoryCounters(), _naming, runtimes);
}
