using System.Text;
using NetMon.Foundation;
using NetMon.Host.Metrics;
using NetMon.UnitTests.Layout;
using Prometheus;
using Xunit;

namespace NetMon.UnitTests.Host;

public sealed class FormerMetricsTests
{
    [Fact]
    public async Task A_renamed_metric_is_exposed_under_both_names_with_the_same_values()
    {
        var metrics = new AgentMetrics(factory => [new SampleGroup(factory)]);

        var lines = Encoding.UTF8.GetString(await metrics.RenderAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            [
                "# HELP netmon_corrupt_bytes_total Bytes.", "# TYPE netmon_corrupt_bytes_total counter", "netmon_corrupt_bytes_total 7",
                "# HELP netmon_naming_waiting_batches Batches.", "# TYPE netmon_naming_waiting_batches gauge", "netmon_naming_waiting_batches 3",
                "# HELP netmon_runtime_dropped_lookups_total Lookups.", "# TYPE netmon_runtime_dropped_lookups_total counter",
                "netmon_runtime_dropped_lookups_total{runtime=\"/run/a\"} 2", "netmon_runtime_dropped_lookups_total{runtime=\"/run/b c\"} 4",
                "# HELP netmon_sample_total Bytes.", "# TYPE netmon_sample_total counter", "netmon_sample_total 1",
            ],
            lines.Where(line => !FormerNames.Metrics.Any(pair => line.Contains(pair.Former, StringComparison.Ordinal))).Order(StringComparer.Ordinal).OrderBy(NameOf, StringComparer.Ordinal));
        Assert.Equal(
            [
                "# HELP netmon_garbled_bytes_total Deprecated: use netmon_corrupt_bytes_total.", "# TYPE netmon_garbled_bytes_total counter", "netmon_garbled_bytes_total 7",
                "# HELP netmon_naming_held_batches Deprecated: use netmon_naming_waiting_batches.", "# TYPE netmon_naming_held_batches gauge", "netmon_naming_held_batches 3",
                "# HELP netmon_runtime_forgotten_asks_total Deprecated: use netmon_runtime_dropped_lookups_total.", "# TYPE netmon_runtime_forgotten_asks_total counter",
                "netmon_runtime_forgotten_asks_total{runtime=\"/run/a\"} 2", "netmon_runtime_forgotten_asks_total{runtime=\"/run/b c\"} 4",
            ],
            lines.Where(line => FormerNames.Metrics.Any(pair => line.Contains(pair.Former, StringComparison.Ordinal))).Order(StringComparer.Ordinal).OrderBy(NameOf, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_renamed_metric_exists_and_is_listed_in_the_changelog()
    {
        var sources = string.Concat(Directory.GetFiles(Path.GetDirectoryName(Find("engine/Host/Metrics/AgentMetrics.cs"))!, "*.cs").Select(File.ReadAllText));
        var changelog = File.ReadAllText(Find("CHANGELOG.md"));
        Assert.NotEmpty(FormerNames.Metrics);
        Assert.All(FormerNames.Metrics, pair =>
        {
            Assert.Contains($"\"{pair.Current}\"", sources, StringComparison.Ordinal);
            Assert.DoesNotContain($"\"{pair.Former}\"", sources, StringComparison.Ordinal);
            Assert.Contains($"| `{pair.Former}` | `{pair.Current}` |", changelog, StringComparison.Ordinal);
        });
    }

    private static string NameOf(string line) => line.TrimStart('#', ' ').Replace("HELP ", "", StringComparison.Ordinal).Replace("TYPE ", "", StringComparison.Ordinal).Split(' ', '{')[0];

    private static string Find(string file) => RepositoryFiles.Find(file, "it is part of the tree");

    private sealed class SampleGroup(MetricFactory factory) : IMetricGroup
    {
        private readonly Counter _bytes = factory.CreateCounter("netmon_corrupt_bytes_total", "Bytes.");
        private readonly Counter _other = factory.CreateCounter("netmon_sample_total", "Bytes.");
        private readonly Gauge _waiting = factory.CreateGauge("netmon_naming_waiting_batches", "Batches.");
        private readonly Counter _lookups = factory.CreateCounter("netmon_runtime_dropped_lookups_total", "Lookups.", "runtime");

        public void Update()
        {
            _bytes.IncTo(7);
            _other.IncTo(1);
            _waiting.Set(3);
            _lookups.WithLabels("/run/a").IncTo(2);
            _lookups.WithLabels("/run/b c").IncTo(4);
        }
    }
}
