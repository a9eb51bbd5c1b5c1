using System.Globalization;
using System.Text;
using NetMon.Events;
using NetMon.Host.Metrics;
using NetMon.Pipeline.Enrich;
using NetMon.UnitTests.Enrichment.Runtimes;
using Xunit;
using static NetMon.UnitTests.Pipeline.WorkloadEvents;

namespace NetMon.UnitTests.Host;

/// <summary>The series by workload: those of the top come and go, none falls, and what they grow by is what happened.</summary>
public sealed class WorkloadMetricsTests
{
    private const int Most = 2;
    private static readonly TimeSpan Hours = TimeSpan.FromHours(5); // earlier traffic is nothing by then
    private readonly ManualTime _time = new();
    private readonly Dictionary<string, ContainerIdentity> _pods = [];
    private readonly Dictionary<string, double> _grown = [];
    private WorkloadCounters _counters;
    private AgentMetrics _metrics;
    private Dictionary<string, double> _last = [];

    public WorkloadMetricsTests() => (_counters, _metrics) = Of(WorkloadCounters.DefaultCapacity);

    [Fact]
    public async Task Those_with_the_most_traffic_have_series_and_the_others_share_one_set()
    {
        Send(("a/a", 100), ("b/b", 200), ("c/c", 50), ("d/d", 25));
        var series = await Scrape();

        Assert.Equal((200, 100, 75), (series[Sent("b/b")], series[Sent("a/a")], series[Sent("other")]));
        Assert.Equal((Most + 1) * WorkloadCounts.Counters, series.Count);
        Assert.Equal(0, series["""netmon_workload_connections_total{workload="a/a",pod_namespace="a",direction="outbound",result="refused"}"""]);
    }

    [Fact]
    public async Task Few_bytes_do_not_hide_who_connects_most_or_fails_most()
    {
        Send(("a/a", 1_000_000), ("b/b", 1_000));
        _counters.Count([Connect(Of("c/c")), Connect(Of("d/d", ""), error: 111)]);
        var series = await Scrape();

        Assert.Contains(Sent("a/a"), series.Keys);
        Assert.Equal(1, series["""netmon_workload_connections_total{workload="d/d",pod_namespace="",direction="outbound",result="refused"}"""]);
    }

    [Fact]
    public async Task A_workload_that_enters_begins_at_0_and_what_it_did_until_then_stays_with_the_others()
    {
        Send(("a/a", 100), ("b/b", 100));
        await Scrape();
        _time.Advance(Hours);
        Send(("a/a", 10), ("c/c", 300));
        var series = await Scrape();
        Assert.False(series.ContainsKey(Sent("b/b")));
        Assert.Equal((110, 0, 300), (series[Sent("a/a")], series[Sent("c/c")], series[Sent("other")]));

        Send(("c/c", 7), ("b/b", 1));
        series = await Scrape();
        Assert.Equal((110, 7, 301), (series[Sent("a/a")], series[Sent("c/c")], series[Sent("other")]));
    }

    [Fact]
    public async Task A_workload_that_returns_continues_where_it_left()
    {
        Send(("a/a", 100), ("b/b", 100));
        await Scrape();
        _time.Advance(Hours);
        Send(("a/a", 10), ("c/c", 300));
        await Scrape();
        _time.Advance(Hours);
        Send(("a/a", 10), ("b/b", 300));
        Assert.Equal(100, (await Scrape())[Sent("b/b")]);
        Send(("b/b", 3));
        Assert.Equal(103, (await Scrape())[Sent("b/b")]);
    }

    [Fact]
    public async Task One_that_moves_a_little_more_does_not_take_the_place_of_another()
    {
        Send(("a/a", 1_000), ("b/b", 100));
        await Scrape();
        Send(("c/c", 110));
        Assert.False((await Scrape()).ContainsKey(Sent("c/c")));
        Send(("c/c", 40));
        Assert.True((await Scrape()).ContainsKey(Sent("c/c")));
    }

    [Theory]
    [InlineData(WorkloadCounters.DefaultCapacity)]
    [InlineData(8)] // workloads lose their places in the table, too
    public async Task While_the_top_changes_no_series_falls_and_the_sums_are_exact(int capacity)
    {
        (_counters, _metrics) = Of(capacity);
        var random = new Random(17);
        var (shown, sent, connections, refused) = (new HashSet<string>(), 0L, 0L, 0L);
        for (var round = 0; round < 300; round++)
        {
            var favourite = random.Next(20);
            for (var n = 0; n < 30; n++)
            {
                var bytes = random.Next(1_000);
                var pod = Of($"w/{(n % 3 == 0 ? favourite : random.Next(20))}");
                var fails = random.Next(4) == 0;
                _counters.Count([Connect(pod, fails ? 111u : 0), Moved(pod, (ulong)bytes, 0)]);
                (sent, connections, refused) = (sent + bytes, connections + 1, refused + (fails ? 1 : 0));
            }

            var series = await Scrape(); // asserts that none falls
            shown.UnionWith(series.Keys.Where(key => key.StartsWith("netmon_workload_sent", StringComparison.Ordinal)));
            Assert.InRange(series.Count, WorkloadCounts.Counters, (Most + 1) * WorkloadCounts.Counters);
            _time.Advance(TimeSpan.FromMinutes(random.Next(30)));
        }

        Assert.True(shown.Count > 2 * 10, $"{shown.Count} series were shown");
        Assert.Equal(sent, Grown("netmon_workload_sent_bytes_total"));
        Assert.Equal(connections, Grown("netmon_workload_connections_total"));
        Assert.Equal(refused, Grown("netmon_workload_connections_total", "refused"));
        Assert.True(_grown.Where(of => of.Key.Contains("other\"", StringComparison.Ordinal)).Sum(of => of.Value) < sent, "all traffic was the others'");
    }

    [Fact]
    public async Task What_is_counted_while_the_metrics_are_read_is_counted_once()
    {
        using var done = new CancellationTokenSource();
        var pods = Enumerable.Range(0, 8).Select(n => Pod($"w/{n}")).ToArray();
        var counted = 0L;
        var counting = Task.Run(
            () =>
            {
                for (var n = 0; !done.IsCancellationRequested; n++, counted += 7)
                {
                    _counters.Count([Moved(pods[n % pods.Length], 7, 0)]);
                }
            },
            TestContext.Current.CancellationToken);
        for (var n = 0; n < 200; n++)
        {
            await Scrape();
            _time.Advance(TimeSpan.FromMinutes(10));
        }

        await done.CancelAsync();
        await counting;
        await Scrape();
        Assert.Equal(counted, Grown("netmon_workload_sent_bytes_total"));
    }

    private static string Sent(string workload) =>
        $$"""netmon_workload_sent_bytes_total{workload="{{workload}}",pod_namespace="{{(workload.Contains('/', StringComparison.Ordinal) ? workload.Split('/')[0] : "")}}",direction="outbound"}""";

    private (WorkloadCounters Counters, AgentMetrics Metrics) Of(int capacity)
    {
        var counters = new WorkloadCounters(capacity, _time);
        return (counters, new AgentMetrics(factory => [new WorkloadMetrics(factory, counters, Most, _time)]));
    }

    private ContainerIdentity Of(string workload, string? podNamespace = null) =>
        _pods.TryGetValue(workload, out var pod) ? pod : _pods[workload] = Pod(workload) with { PodNamespace = podNamespace ?? workload.Split('/')[0] };

    private void Send(params (string Workload, ulong Bytes)[] sent) => _counters.Count([.. sent.Select(of => Moved(Of(of.Workload), of.Bytes, 0))]);

    /// <summary>What all series of a name have grown by, as Prometheus sees it: a series that has gone is missed, one that is new begins where it is seen first, but for those of the first scrape.</summary>
    private double Grown(string name, string with = "") =>
        _grown.Where(of => of.Key.StartsWith(name, StringComparison.Ordinal) && of.Key.Contains(with, StringComparison.Ordinal)).Sum(of => of.Value);

    private async Task<Dictionary<string, double>> Scrape()
    {
        var series = Encoding.UTF8.GetString(await _metrics.RenderAsync()).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        foreach (var (key, value) in series)
        {
            var before = _last.Count == 0 ? 0 : _last.GetValueOrDefault(key, value);
            Assert.True(value >= before, $"{key} fell from {before} to {value}");
            _grown[key] = _grown.GetValueOrDefault(key) + value - before;
        }

        _last = series;
        return series;
    }
}
