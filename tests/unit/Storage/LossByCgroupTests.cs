using NetMon.Events;
using NetMon.Query;
using NetMon.Storage.Loss;
using NetMon.UnitTests.Query;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>Rows of losses with the cgroup of the lost events.</summary>
public sealed class LossByCgroupTests : IDisposable
{
    private static readonly ContainerIdentity Web = new(new string('a', 64), "web-0", "shop", "nginx");
    private readonly CaptureFolder _capture = new();
    private long _total;
    private CgroupLoss[] _cgroups = [];

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void A_loss_is_split_by_cgroup_and_the_rows_add_up_to_it()
    {
        using (var losses = Losses())
        {
            losses.Grow(100, Of(7, 60), Of(8, 30));
            losses.Grow(40, Of(7, 60), Of(8, 70));
        }

        Assert.Equal([[60L, 7L, "web-0"], [30L, 8L, null], [10L, null, null], [40L, 8L, null]], Rows("SELECT count, cgroup_id, pod_name FROM {loss} ORDER BY \"to\", count DESC"));
        Assert.Equal([[new string('a', 64), "web-0", "shop", "nginx"]], Rows("SELECT container_id, pod_name, pod_namespace, container_name FROM {loss} WHERE cgroup_id = 7"));
    }

    [Fact]
    public void Cgroups_beyond_the_first_ten_share_a_row()
    {
        using (var losses = Losses())
        {
            losses.Grow(210, [.. Enumerable.Range(1, 20).Select(n => Of((ulong)n, n))]);
        }

        Assert.Equal([[155L, 10L, 11L, 20L]], Rows("SELECT sum(count)::BIGINT, count(*), min(cgroup_id), max(cgroup_id) FROM {loss} WHERE cgroup_id IS NOT NULL"));
        Assert.Equal([[55L]], Rows("SELECT count FROM {loss} WHERE cgroup_id IS NULL"));
    }

    [Fact]
    public void Counts_of_cgroups_ahead_of_the_total_count_once_the_total_has_them()
    {
        using (var losses = Losses())
        {
            losses.Grow(5, Of(7, 8));
            losses.Grow(3, Of(7, 8));
        }

        Assert.Equal([[5L, 7L], [3L, 7L]], Rows("SELECT count, cgroup_id FROM {loss} ORDER BY \"to\""));
    }

    [Fact]
    public void An_evicted_cgroup_starts_again()
    {
        using (var losses = Losses())
        {
            losses.Grow(5, Of(7, 5));
            losses.Grow(2, Of(7, 2));
        }

        Assert.Equal([[5L, 7L], [2L, 7L]], Rows("SELECT count, cgroup_id FROM {loss} ORDER BY \"to\""));
    }

    [Fact]
    public void The_query_gives_the_same_losses_before_sealing()
    {
        const string question = "SELECT count, cgroup_id, container_id, pod_name, pod_namespace, container_name FROM loss ORDER BY count DESC";
        string hot;
        using (var losses = Losses())
        {
            losses.Grow(100, Of(7, 60), Of(8, 30));
            hot = _capture.Print(question, OutputFormat.Csv);
        }

        Assert.Contains($"\n60,7,{Web.ContainerId},web-0,shop,nginx\n", hot, StringComparison.Ordinal);
        Assert.Equal(hot, _capture.Print(question, OutputFormat.Csv));
    }

    [Fact]
    public void Lines_keep_any_name()
    {
        var row = new LossRow(1, 2, "source", "ring_full", 3, new LossCgroup(ulong.MaxValue, "id", "a\tb", "c\nd%", "é"));

        Assert.Equal([row], LossFile.Parse(LossLine.Of(row), out var torn));
        Assert.Equal(0, torn);
    }

    [Fact]
    public void Lines_of_version_0_1_are_rows_without_a_cgroup() =>
        Assert.Equal(
            [new LossRow(1795699142530243251, 1795699142530243251, "source", "ring_full", 57503)],
            LossFile.Parse(File.ReadAllText(Version1.LossJournal), out _));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_of_both_schemas_are_one_table(bool both)
    {
        var old = $"{_capture.Loss}/date=2026-11-26/node-1.parquet";
        Directory.CreateDirectory(_capture.Events);
        Directory.CreateDirectory(Path.GetDirectoryName(old)!);
        File.Copy(Version1.SealedLosses, old);
        if (both)
        {
            using var losses = Losses();
            losses.Grow(100, Of(7, 60));
        }

        Assert.Equal(
            both ? "lost,web,others\n9571807,60,9571747\n" : "lost,web,others\n9571707,,9571707\n",
            _capture.Print(
                "SELECT sum(count) AS lost, sum(count) FILTER (pod_name = 'web-0') AS web, sum(count) FILTER (cgroup_id IS NULL) AS others FROM loss", OutputFormat.Csv));
    }

    private static CgroupLoss Of(ulong cgroup, long count) => new("source", "ring_full", cgroup, count);

    private List<object?[]> Rows(string sql) => _capture.Query(sql);

    private Journal Losses() => new(this);

    /// <summary>A sink that reads the counters at every step; closing it seals the rows.</summary>
    private sealed class Journal : IDisposable
    {
        private readonly LossByCgroupTests _test;
        private readonly NetMon.Storage.CaptureSink _sink;
        private long _now = Sample.Hour19;

        public Journal(LossByCgroupTests test)
        {
            _test = test;
            _sink = test._capture.Open(change: options => options with
            {
                LossTotals = () => [new LossCounter("source", "ring_full", test._total)],
                LossCgroups = () => test._cgroups,
                ContainerOf = cgroup => cgroup == 7 ? Web : null,
                LossInterval = TimeSpan.Zero,
            });
            _sink.Advance(1);
            _sink.Advance(_now);
        }

        public void Grow(long growth, params CgroupLoss[] cgroups)
        {
            _test._total += growth;
            _test._cgroups = cgroups;
            _sink.Advance(_now += 10 * Sample.Second);
        }

        public void Dispose() => _sink.Close();
    }
}
