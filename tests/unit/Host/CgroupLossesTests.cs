using System.Text;
using NetMon.Events;
using NetMon.Host;
using NetMon.Host.Metrics;
using NetMon.Sources;
using Xunit;

namespace NetMon.UnitTests.Host;

/// <summary>Losses by cgroup, in the log and as metrics.</summary>
public sealed class CgroupLossesTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private readonly CountedSource _source = new();
    private readonly Dictionary<ulong, ContainerIdentity> _containers = [];
    private readonly CgroupLosses _losses;
    private readonly AgentMetrics _metrics;

    public CgroupLossesTests()
    {
        _losses = new CgroupLosses(_source, _containers.GetValueOrDefault);
        _metrics = new AgentMetrics(factory => [new CgroupMetrics(factory, _source, _losses)]);
    }

    public void Dispose() => _source.Dispose();

    [Fact]
    public void Without_losses_of_a_cgroup_there_is_no_line()
    {
        Count(new SourceCounters(10, 9, NoRoom: 1), new CgroupCounters(7, 10, 0, 0));

        Assert.Null(_losses.Summary());
        Assert.Empty(_losses.Totals());
    }

    [Fact]
    public void The_line_names_the_five_that_lost_most()
    {
        _containers[1] = new ContainerIdentity(Id, "web-0", "shop", "nginx");
        _containers[2] = new ContainerIdentity(Id, ContainerName: "db");
        _containers[3] = new ContainerIdentity(Id);
        _containers[5] = new ContainerIdentity(Id, "web-1", "shop");
        Count(
            new SourceCounters(10_000, 9000, RingFull: 500, FairShare: 500),
            new(6, 10, 1, 0), new(5, 10, 2, 0), new(4, 10, 3, 0), new(3, 10, 4, 0), new(2, 100, 0, 70), new(1, 900, 400, 400));

        Assert.Equal(
            "lost by cgroup: 1 (shop/web-0/nginx) source.ring_full 400, source.fair_share 400; 2 (db) source.fair_share 70; 3 (container 0123456789ab) source.ring_full 4; "
            + "4 source.ring_full 3; 5 (shop/web-1) source.ring_full 2; others source.ring_full 91, source.fair_share 30",
            _losses.Summary());
    }

    [Fact]
    public void Each_counter_is_split_by_cgroup()
    {
        Count(new SourceCounters(100, 0), new(6, 10, 1, 0), new(5, 10, 0, 0), new(4, 10, 3, 2));

        Assert.Equal(
            [new("source", "ring_full", 6, 1), new("source", "ring_full", 4, 3), new("source", "fair_share", 4, 2)],
            _losses.Totals());
    }

    [Fact]
    public void Names_stay_known_after_a_lookup()
    {
        _containers[1] = new ContainerIdentity(Id, "web-0");
        Assert.Equal("web-0", _losses.ContainerOf(1)?.PodName);
        _containers.Clear();

        Assert.Equal("web-0", _losses.ContainerOf(1)?.PodName);
        Assert.Null(_losses.ContainerOf(2));
    }

    [Fact]
    public async Task Ten_cgroups_have_series_and_the_others_share_one()
    {
        Count(new SourceCounters(Seen: 1300, Delivered: 0, RingFull: 200), [.. Enumerable.Range(1, 12).Select(n => new CgroupCounters((ulong)n, 100, (ulong)n, 0))]);
        var series = await Scrape();

        Assert.Equal(11, series.Count(s => s.Key.StartsWith("netmon_cgroup_seen_events_total", StringComparison.Ordinal)));
        Assert.Equal(300, series[Seen("other")]);
        Assert.Equal(10 + 2, series.Count(s => s.Key.StartsWith("netmon_cgroup_dropped_events_total", StringComparison.Ordinal))); // "others" has both reasons
        Assert.Equal(12, series[Dropped("12")]);
        Assert.Equal(200 - Enumerable.Range(3, 10).Sum(), series[Dropped("other")]);
        Assert.False(series.ContainsKey(Dropped("2")));
    }

    [Fact]
    public async Task A_series_ends_with_its_cgroup_and_none_ever_decreases()
    {
        Count(new SourceCounters(Seen: 30, Delivered: 0), new(1, 10, 0, 0), new(2, 20, 0, 0));
        await Scrape();
        Count(new SourceCounters(Seen: 50, Delivered: 0), new(1, 15, 0, 0, Active: false), new(2, 35, 0, 0));
        var series = await Scrape();

        Assert.False(series.ContainsKey(Seen("1")));
        Assert.Equal((35, 5), (series[Seen("2")], series[Seen("other")]));
        Count(new SourceCounters(Seen: 60, Delivered: 0), new(1, 25, 0, 0), new(2, 35, 0, 0));
        series = await Scrape();
        Assert.Equal((10, 35, 5), (series[Seen("1")], series[Seen("2")], series[Seen("other")]));
    }

    [Fact]
    public async Task A_series_keeps_its_count_when_names_arrive()
    {
        Count(new SourceCounters(Seen: 10, Delivered: 0), new CgroupCounters(1, 10, 0, 0));
        await Scrape();
        _containers[1] = new ContainerIdentity(Id, "web-0", "shop", "nginx");
        Count(new SourceCounters(Seen: 12, Delivered: 0), new CgroupCounters(1, 12, 0, 0));
        var series = await Scrape();

        Assert.False(series.ContainsKey(Seen("1")));
        Assert.Equal(12, series[$$"""netmon_cgroup_seen_events_total{cgroup_id="1",container_id="{{Id}}",pod_name="web-0",pod_namespace="shop",container_name="nginx"}"""]);
    }

    private static string Seen(string cgroup) => $$"""netmon_cgroup_seen_events_total{cgroup_id="{{cgroup}}",container_id="",pod_name="",pod_namespace="",container_name=""}""";

    private static string Dropped(string cgroup) =>
        $$"""netmon_cgroup_dropped_events_total{reason="ring_full",cgroup_id="{{cgroup}}",container_id="",pod_name="",pod_namespace="",container_name=""}""";

    private void Count(SourceCounters all, params CgroupCounters[] cgroups) => (_source.Counters, _source.Cgroups) = (all, cgroups);

    private async Task<Dictionary<string, int>> Scrape() => Encoding.UTF8.GetString(await _metrics.RenderAsync()).Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => int.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
}
