using NetMon.LiveTests.Support;
using Xunit;
using static NetMon.LiveTests.Support.SampleRow;

namespace NetMon.LiveTests;

/// <summary>netmon report as a program: the contents of its page, and what it refuses.</summary>
[Trait("suite", "offline")]
public sealed class ReportTests : IDisposable
{
    private const int LargestPage = 2_000_000;
    private readonly Scratch _scratch = new();

    private string Capture => _scratch["capture"];

    [Fact]
    public void The_numbers_of_the_report_match_the_events()
    {
        DemoCapture.Write(Capture, workloads: 18, connections: 20_000);
        var report = Report.Of(Capture, "--since", DemoCapture.Since, "--until", DemoCapture.Until);
        long Events(string condition) => Duck.Number($"SELECT count(*) FROM {Duck.Events(Capture)} WHERE {condition}");
        long Total(int column) => report.Rows("totals")[0][column].GetInt64();
        var (attempts, failed, accepts) = (Events("type = 'CONNECT'"), Events("result <> 'established'"), Events("type = 'ACCEPT'"));
        Assert.True(failed > 0);
        Assert.Equal((attempts, failed, accepts, Events("type = 'CLOSE'")), (Total(0), Total(1), Total(2), Total(3)));
        Assert.Equal(Duck.Number($"SELECT sum(bytes_sent)::BIGINT FROM {Duck.Events(Capture)}"), Total(4));
        Assert.Equal((attempts, failed, accepts, Total(4), Total(5)), (report.Sum("series", 1), report.Sum("series", 2), report.Sum("series", 3), report.Sum("series", 4), report.Sum("series", 5)));
        Assert.Equal((failed, failed, failed), (report.Sum("failing", 2), report.Sum("causes", 2), report.Sum("failures", 6)));
        Assert.Equal((attempts, accepts, failed), (report.Sum("movers", 1), report.Sum("movers", 2), report.Sum("movers", 3)));

        // Edges count each attempt, and each accepted connection of a client that no agent here traces.
        var visitors = Events("type = 'ACCEPT' AND src_ip LIKE '198.51.%'");
        Assert.Equal((attempts + visitors, failed), (report.Sum("edges", 5), report.Sum("edges", 6)));

        var last = report.Rows("failures").Single(row => row[0].GetString() == "shop/api" && row[1].GetString() == "data/postgres");
        Assert.Equal(Events("workload = 'shop/api' AND dst_port = 5432 AND result = 'refused'"), last[6].GetInt64());
        var fresh = report.Rows("fresh").Select(row => row[1].GetString()).ToList();
        Assert.Contains("203.0.113.77", fresh);
        Assert.Contains("198.51.100.9", fresh);
        Assert.DoesNotContain("data/redis", fresh);
        Assert.Equal([1840, 0], report.Rows("losses").Select(row => row[2].ValueKind == System.Text.Json.JsonValueKind.Null ? 0 : row[2].GetInt64()));
        var search = Duck.Rows($"SELECT quantile_cont(latency_us, 0.5) FROM {Duck.Events(Capture)} WHERE dst_ip = '10.0.9.31' AND result = 'established' AND type = 'CONNECT'")[0][0];
        Assert.InRange(report.Rows("slow").Single(row => row[1].GetString() == "10.0.9.31")[4].GetDouble(), 0.93 * (double)search, 1.07 * (double)search);
    }

    [Fact]
    public void A_short_time_range_is_shown_by_minute_and_cut_exactly()
    {
        DemoCapture.Write(Capture, workloads: 18, connections: 20_000);
        var report = Report.Of(Capture, "--since", "2026-11-26T13:50:30Z", "--until", "2026-11-26T14:40:10Z");
        const string within = "timestamp >= TIMESTAMP '2026-11-26 13:50:30' AND timestamp < TIMESTAMP '2026-11-26 14:40:10'";
        var attempts = Duck.Number($"SELECT count(*) FROM {Duck.Events(Capture)} WHERE type = 'CONNECT' AND {within}");
        Assert.Equal(60_000, report.Data.GetProperty("about").GetProperty("step").GetInt64());
        Assert.Equal((attempts, attempts, attempts), (report.Rows("totals")[0][0].GetInt64(), report.Sum("series", 1), report.Sum("movers", 1)));
    }

    [Fact]
    public void The_report_shows_the_filters_and_only_what_they_select()
    {
        DemoCapture.Write(Capture, workloads: 18, connections: 20_000);
        var report = Report.Of(Capture, "--since", DemoCapture.Since, "--until", DemoCapture.Until, "--namespace", "shop", "--node", "node-1,node-2");
        Assert.Equal(["--node node-1,node-2", "--namespace shop"], report.Data.GetProperty("about").GetProperty("filters").EnumerateArray().Select(filter => filter.GetString()));
        Assert.All(report.Rows("movers"), row => Assert.StartsWith("shop/", row[0].GetString(), StringComparison.Ordinal));
        Assert.Equal(
            Duck.Number($"SELECT count(*) FROM {Duck.Events(Capture)} WHERE type = 'CONNECT' AND pod_namespace = 'shop' AND node IN ('node-1', 'node-2')"), report.Rows("totals")[0][0].GetInt64());

        var fresh = report.Rows("fresh").Select(row => row[1].GetString()).ToList();
        Assert.Contains("203.0.113.77", fresh);
        Assert.DoesNotContain("198.51.100.9", fresh); // of another namespace
    }

    [Fact]
    public void A_page_with_300_workloads_and_many_addresses_stays_small()
    {
        DemoCapture.Write(Capture, workloads: 300, connections: 60_000);
        Assert.InRange(Report.Of(Capture, "--since", DemoCapture.Since, "--until", DemoCapture.Until).Html.Length, 400_000, LargestPage);

        Shell.Run(Repository.Agent, "run", "--node", "n1", "--json", "none", "--capture", _scratch["synthetic"], "--source", "synthetic:count=1000000").MustSucceed();
        var report = Report.Of(_scratch["synthetic"], "--since", "2h");
        Assert.InRange(report.Html.Length, 400_000, LargestPage);
        Assert.True(report.Sum("edges", 9) > report.Rows("edges").Count, "nothing was added up, so this shows nothing");
    }

    [Fact]
    public void No_name_breaks_out_of_its_data()
    {
        new SampleCapture(Capture).Hour("2026-01-01", 9, [.. Hostile.Select(name => Connect("09:00:00", "refused") with { Process = name, DestinationAddress = name })]);
        var report = Report.Of(Capture, "--since", "2026-01-01", "--until", "2026-01-02");
        Assert.DoesNotContain("<script>window", report.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", report.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Hostile.Select(name => $"node/{name}").Order(StringComparer.Ordinal), report.Rows("movers").Select(row => row[0].GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_capture_and_a_time_range_without_events_are_refused_with_the_reason()
    {
        Directory.CreateDirectory(Path.Combine(Capture, "events"));
        var empty = Shell.Run(Repository.Agent, "report", "--capture", Capture);
        Assert.Equal((1, ""), (empty.ExitCode, empty.Output));
        Assert.Contains("no events", empty.Error, StringComparison.Ordinal);

        new SampleCapture(Capture).Hour("2026-01-01", 9, Connect("09:00:00"));
        var past = Shell.Run(Repository.Agent, "report", "--capture", Capture);
        Assert.Equal((1, ""), (past.ExitCode, past.Output));
        Assert.Contains("its last one is of 2026-01-01T09:00:00Z", past.Error, StringComparison.Ordinal);

        // A filter that selects nothing is valid.
        Assert.Empty(Report.Of(Capture, "--since", "2026-01-01", "--until", "2026-01-02", "--process", "nobody").Rows("movers"));
        Assert.Equal(2, Shell.Run(Repository.Agent, "report", "--capture", Capture, "--since", "yesterday").ExitCode);
    }

    /// <summary>Names with HTML, a script, or terminal control sequences.</summary>
    internal static readonly string[] Hostile =
    [
        "</script><script>window.obeyed=1</script>", "<img src=x onerror=window.obeyed=1>", "\"'>{}&lt;", "\u202egnp.exe", "a\u0007\u001b[2Jb\nc", "-->", "<!--<script>", "${window.obeyed=1}", "__proto__", "*",
    ];

    public void Dispose() => _scratch.Dispose();
}
