using NetMon.LiveTests.Support;
using Xunit;
using static NetMon.LiveTests.Support.SampleRow;

namespace NetMon.LiveTests;

/// <summary>The shipped views over captures with known rows.</summary>
[Trait("suite", "offline")]
public sealed class QueryViewTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private SampleCapture Capture => new(_scratch["capture"]);

    [Fact]
    public void Rows_of_a_connection_become_one_with_both_times()
    {
        var capture = Capture.Hour(
            "2026-01-01", 9, Connect("09:00:00.000100"), Accept("09:00:00.000300"), Close("09:00:01.000100", 1_000_000, 10, 20), Close("09:00:01.000200", 1_000_099, 20, 10) with { Direction = "inbound" });
        Assert.Equal(
            [
                "inbound,2026-01-01 09:00:00.000101,2026-01-01 09:00:01.0002,2026-01-01 09:00:00.0003,,20",
                "outbound,2026-01-01 09:00:00.0001,2026-01-01 09:00:01.0001,,500,10",
            ],
            capture.Ask("SELECT direction, opened_at, closed_at, accepted_at, latency_us, bytes_sent FROM connections ORDER BY direction"));
    }

    [Fact]
    public void Connections_still_open_or_older_than_the_capture_are_included()
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00"), Close("09:30:00", 5_000_000_000) with { SourcePort = 40001 });
        Assert.Equal(
            ["40000,2026-01-01 09:00:00,,500", "40001,2026-01-01 08:06:40,2026-01-01 09:30:00,"],
            capture.Ask("SELECT src_port, opened_at, closed_at, latency_us FROM connections ORDER BY src_port"));
    }

    [Fact]
    public void A_reused_port_gives_two_connections_and_a_failed_attempt_gives_none()
    {
        var capture = Capture.Hour(
            "2026-01-01", 9, Connect("09:00:00"), Close("09:00:02", 2_000_000), Connect("09:00:03") with { LatencyMicroseconds = 7 }, Close("09:00:05", 2_000_000), Connect("09:00:06", "refused"));
        Assert.Equal(
            ["2026-01-01 09:00:00,2026-01-01 09:00:02,500", "2026-01-01 09:00:03,2026-01-01 09:00:05,7"],
            capture.Ask("SELECT opened_at, closed_at, latency_us FROM connections ORDER BY opened_at"));
    }

    [Fact]
    public void The_same_loopback_addresses_in_two_namespaces_are_two_connections()
    {
        var local = Connect("09:00:00") with { SourceAddress = "127.0.0.1", DestinationAddress = "127.0.0.1" };
        var closed = Close("09:00:02", 2_000_000, 5) with { SourceAddress = "127.0.0.1", DestinationAddress = "127.0.0.1", NetworkNamespace = 2 };
        var capture = Capture.Hour("2026-01-01", 9, local, closed);
        Assert.Equal(["1,,500", "2,5,"], capture.Ask("SELECT netns, bytes_sent, latency_us FROM connections ORDER BY netns"));
    }

    [Fact]
    public void Talkers_are_pods_and_a_workload_sums_its_replicas()
    {
        var capture = Capture.Hour(
            "2026-01-01", 9,
            Close("09:00:01", 1, 100, 1) with { PodName = "web-7c5b8d9f6d-x2x4z" }, Close("09:00:02", 1, 50, 2) with { PodName = "web-7c5b8d9f6d-qqqqq" },
            Close("09:00:03", 1, 1, 1) with { PodName = "db-0" }, Close("09:00:04", 1, 2, 2) with { PodName = "my-redis" },
            Close("09:00:05", 1, 3, 3), Close("09:00:06", 1, 4, 4) with { PodName = "", ContainerName = "box" }, Close("09:00:07", 1, 5, 5) with { PodName = "", ContainerName = "" });
        Assert.Equal(
            ["container/box,1,4,4", "node/app,1,3,3", "shop/db,1,1,1", "shop/my-redis,1,2,2", "shop/web,2,150,3", "unnamed/app,1,5,5"],
            capture.Ask("SELECT workload, sum(connections), sum(bytes_sent), sum(bytes_received) FROM talkers GROUP BY ALL ORDER BY workload"));
        Assert.Equal(["n1,web-7c5b8d9f6d-qqqqq,50"], capture.Ask("SELECT node, pod_name, bytes_sent FROM talkers WHERE pod_name LIKE '%qqqqq'"));
    }

    [Fact]
    public void Failures_are_counted_by_source_destination_and_result()
    {
        var capture = Capture.Hour(
            "2026-01-01", 9, Connect("09:00:00"), Connect("09:00:01", "refused") with { Errno = 111 }, Connect("09:00:03", "refused") with { Errno = 111 },
            Connect("09:00:02", "timed_out") with { Errno = 110, DestinationPort = 80 });
        Assert.Equal(
            ["node/app,10.0.0.2,80,timed_out,110,1", "node/app,10.0.0.2,443,refused,111,2"],
            capture.Ask("SELECT workload, dst_ip, dst_port, result, errno, attempts FROM failures ORDER BY dst_port"));
    }

    [Fact]
    public void A_destination_is_new_to_a_workload_if_none_of_its_pods_reached_it_earlier()
    {
        var capture = Capture
            .Hour("2026-01-01", 4, Connect("04:00:00") with { PodName = "web-7c5b8d9f6d-x2x4z" }, Connect("04:00:01", "refused") with { DestinationPort = 25, PodName = "web-7c5b8d9f6d-x2x4z" })
            .Hour(
                "2026-01-02", 19, Connect("19:00:00") with { PodName = "web-7c5b8d9f6d-qqqqq" }, Connect("19:00:01") with { PodName = "api-0" },
                Connect("19:00:02") with { DestinationPort = 25, PodName = "web-7c5b8d9f6d-qqqqq" }, Connect("19:00:03") with { DestinationPort = 25, PodName = "web-7c5b8d9f6d-qqqqq" });
        Assert.Equal(
            ["shop/api,443,2026-01-02 19:00:01,1", "shop/web,25,2026-01-02 19:00:02,2"],
            capture.Ask("SELECT workload, dst_port, first_seen, connections FROM new_destinations ORDER BY workload"));
    }

    [Fact]
    public void Edges_join_both_ends_across_nodes_and_through_a_service()
    {
        var client = Connect("09:00:00") with { PodName = "web-0" };
        var server = Accept("09:00:00.0002") with { PodName = "db-0" };
        var capture = Capture
            .Hour(
                "2026-01-01", 9, client, server,
                client with { SourcePort = 50000, DestinationAddress = "10.96.0.10", DestinationPort = 80 }, // a Service
                client with { SourcePort = 50001, PodName = "late-0" }, server with { SourcePort = 50001, Time = "09:01:00" }, // another connection of that port
                client with { SourcePort = 50002, PodName = "other-0", DestinationPort = 444 }, server with { SourcePort = 50002 }) // another port of a known server
            .Hour("2026-01-01", 9, server with { Node = "n2", SourcePort = 50000, DestinationAddress = "10.0.5.5", DestinationPort = 8080, PodName = "cache-0", Time = "08:59:59.99" });
        Assert.Equal(
            ["shop/web,shop/cache,80,1", "shop/web,shop/db,443,1"],
            capture.Ask("SELECT client, server, port, connections FROM edges ORDER BY server"));
    }

    [Fact]
    public void Scans_are_many_ports_of_one_address_or_one_port_of_many_and_mostly_fail()
    {
        SampleRow[] rows =
        [
            .. Enumerable.Range(1, 25).Select(port => Connect("09:00:00", "refused") with { DestinationPort = port, Process = "ports" }),
            .. Enumerable.Range(1, 25).Select(host => Connect("09:00:00", "timed_out") with { DestinationAddress = $"10.0.1.{host}", Process = "hosts" }),
            .. Enumerable.Range(1, 25).Select(port => Connect("09:00:00") with { DestinationPort = port, Process = "busy" }),
        ];
        Assert.Equal(
            ["node/hosts,addresses,443,25,25,25", "node/ports,ports,10.0.0.2,25,25,25"],
            Capture.Hour("2026-01-01", 9, rows).Ask("SELECT workload, kind, target, different, attempts, failed FROM scans ORDER BY workload"));
    }

    [Fact]
    public void Beacons_connect_at_even_intervals()
    {
        SampleRow[] rows =
        [
            .. Enumerable.Range(0, 20).Select(minute => Connect($"09:{minute:00}:00") with { Process = "even" }),
            .. Enumerable.Range(0, 20).Select(minute => Connect($"09:{minute * minute / 8:00}:{minute:00}") with { Process = "uneven" }),
        ];
        Assert.Equal(["node/even,20,60.0"], Capture.Hour("2026-01-01", 9, rows).Ask("SELECT workload, attempts, every_s FROM beacons"));
    }

    [Fact]
    public void Attempts_after_the_last_success_are_failing_since_then()
    {
        var capture = Capture
            .Hour("2026-01-01", 9, Connect("09:00:00"), Connect("09:10:00") with { DestinationPort = 80 }, Connect("09:20:00", "refused") with { DestinationPort = 80 })
            .Hour("2026-01-01", 10, Connect("10:00:00", "refused"), Connect("10:05:00", "timed_out"), Connect("10:06:00") with { DestinationPort = 80 });
        Assert.Equal(
            ["443,2026-01-01 10:00:00,2026-01-01 09:00:00,2,\"refused, timed_out\""],
            capture.Ask("SELECT dst_port, since, last_success, at_least, results FROM failing_since"));
    }

    [Theory]
    [InlineData("10.1.2.3", "10.0.0.0/8", true)]
    [InlineData("11.1.2.3", "10.0.0.0/8", false)]
    [InlineData("192.168.3.255", "192.168.2.0/23", true)]
    [InlineData("192.168.4.0", "192.168.2.0/23", false)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("2001:db8:1::5", "2001:db8::/32", true)]
    [InlineData("2001:db9::5", "2001:db8::/32", false)]
    [InlineData("fdff::", "fc00::/7", true)]
    [InlineData("::1", "::1/128", true)]
    [InlineData("10.0.0.1", "::/0", false)]
    [InlineData("::1", "0.0.0.0/0", false)]
    public void Addresses_are_matched_against_networks(string address, string network, bool isIn) =>
        Assert.Equal([isIn ? "true" : "false"], Capture.Hour("2026-01-01", 9, Connect("09:00:00")).Ask($"SELECT in_net('{address}', '{network}')"));

    [Fact]
    public void Private_addresses_are_those_not_routed_on_the_Internet() => Assert.Equal(
        ["100.64.0.1,10.0.0.1,127.0.0.1,169.254.1.1,172.31.0.1,192.168.0.1,::1,fd00::1,fe80::1"],
        Capture.Hour("2026-01-01", 9, Connect("09:00:00")).Ask(
            "SELECT array_to_string(list_filter(['100.64.0.1', '100.128.0.1', '10.0.0.1', '127.0.0.1', '169.254.1.1', '172.31.0.1', '172.32.0.1', '192.168.0.1', '192.169.0.1', '8.8.8.8', '::1', 'fd00::1', 'fe80::1', '2001:db8::1'],"
            + " lambda a: is_private(a)), ',')").Select(line => line.Trim('"')));

    [Fact]
    public void The_hourly_view_sums_rows_where_a_rollup_is_missing()
    {
        var capture = Capture.Hour(
            "2026-01-01", 9, Connect("09:00:00"), Connect("09:00:01"), Connect("09:00:02", "refused") with { Errno = 111 }, Accept("09:00:03"),
            Close("09:00:04", 1000, 5, 6), Close("09:00:05", 1000, 7, 8) with { Direction = "inbound" });
        Assert.Equal(
            [
                "inbound,10.0.0.1,443,,0,1,1,7", "outbound,10.0.0.2,443,established,2,0,1,5", "outbound,10.0.0.2,443,refused,1,0,0,0",
            ],
            capture.Ask("SELECT direction, peer, port, result, attempts, accepts, closed, bytes_sent FROM hourly ORDER BY ALL"));
        Assert.Equal(["496"], capture.Ask("SELECT latency_quantile(string_agg(latency, ' '), 0.5) FROM hourly").Select(number => number));
    }

    [Fact]
    public void Completeness_compares_known_losses_with_stored_events()
    {
        var capture = Capture
            .Hour("2026-01-01", 9, Connect("09:00:00"), Connect("09:00:01"), Connect("09:00:02"))
            .Hour("2026-01-01", 12, Connect("12:30:00"))
            .Losses(
                "2026-01-01", ("2026-01-01 09:10:00", "2026-01-01 09:10:01", "source", "ring_full", 1), ("2026-01-01 09:11:00", "2026-01-01 09:11:01", "json", "queue_full", 1000),
                ("2026-01-01 10:20:00", "2026-01-01 12:10:00", "agent", "down", null));
        Assert.Equal(
            ["9,3,1,0,100.0,75.0,source.ring_full", "10,0,0,1,33.33,33.3333,agent.down", "11,0,0,1,0.0,0.0,agent.down", "12,1,0,1,83.33,83.3333,agent.down"],
            capture.Ask("SELECT hour, events, lost, unknown_gaps, covered_percent, percent, reasons FROM completeness ORDER BY hour"));
        Assert.Equal(["3"], capture.Ask("SELECT count(*) FROM loss"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // without a file of losses
    public void Stock_DuckDB_gives_the_same_answers_from_the_same_files(bool hasLosses)
    {
        using var agent = AgentProcess.Start("--json", "none", "--capture", Capture.Directory, "--source", "synthetic:count=60000,seed=3", "--node", "n1");
        Assert.Equal(0, agent.WaitForExit());
        if (hasLosses)
        {
            Capture.Losses("2026-01-01", ("2026-01-01 09:10:00", "2026-01-01 09:10:01", "source", "ring_full", 1));
        }

        var stock = $"SET VARIABLE capture = '{Capture.Directory}'; {Sql("capture.sql")} {Sql("views.sql")} ";
        foreach (var view in (string[])["connections", "open_now", "talkers", "failures", "failing_since", "new_destinations", "edges", "unpaired", "bytes_by_minute", "top_clients", "scans", "beacons",
            "hourly", "loss", "completeness", "events"])
        {
            var fingerprint = $"SELECT count(*) || ' ' || coalesce(bit_xor(hash(v::VARCHAR))::VARCHAR, '') FROM {view} v";
            Assert.Equal(Duck.Rows(stock + fingerprint)[^1][0], Assert.Single(Capture.Ask(fingerprint)));
        }
    }

    public void Dispose() => _scratch.Dispose();

    private static string Sql(string file) => File.ReadAllText(Path.Combine(Repository.Root, "schemas", file));
}
