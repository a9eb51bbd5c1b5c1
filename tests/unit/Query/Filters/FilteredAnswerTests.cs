using System.Globalization;
using System.Text;
using NetMon.Events;
using NetMon.Query;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query.Filters;

/// <summary>
/// Answers under filters over three hours of two nodes: the same as SQL over all events, whether roll-ups or rows give them.
/// </summary>
public sealed class FilteredAnswerTests : IDisposable
{
    private const string Sums = "SELECT node, direction, process, pod_name, workload, peer, port, result, errno, sum(attempts)::BIGINT AS attempts, sum(accepts)::BIGINT AS accepts, sum(closed)::BIGINT AS closed,"
        + " sum(bytes_sent)::BIGINT AS bytes_sent, sum(bytes_received)::BIGINT AS bytes_received, sum(retransmits)::BIGINT AS retransmits, min(first) AS first, max(last) AS last FROM ";

    /// <summary>The expected sums, computed from the events alone.</summary>
    private const string OfRows = "(SELECT node, 'outbound' AS direction, process, pod_name, workload, dst_ip AS peer, dst_port AS port, result, errno, 1 AS attempts, 0 AS accepts, 0 AS closed, 0 AS bytes_sent, 0 AS bytes_received, 0 AS retransmits, timestamp AS first, timestamp AS last"
        + " FROM chosen WHERE type = 'CONNECT' UNION ALL SELECT node, 'inbound', process, pod_name, workload, src_ip, dst_port, NULL, NULL, 0, 1, 0, 0, 0, 0, timestamp, timestamp FROM chosen WHERE type = 'ACCEPT'"
        + " UNION ALL SELECT node, direction, process, pod_name, workload, CASE direction WHEN 'outbound' THEN dst_ip ELSE src_ip END, dst_port, CASE direction WHEN 'outbound' THEN 'established' END, NULL, 0, 0, (type = 'CLOSE')::INTEGER, delta_sent, delta_received,"
        + " CASE type WHEN 'CLOSE' THEN retransmits ELSE 0 END, timestamp, timestamp FROM chosen WHERE type IN ('CLOSE', 'FLOW'))";

    private const int Connections = 900;
    private static readonly string[] Nodes = ["node-1", "node-2"];
    private readonly CaptureFolder _capture = new();

    public FilteredAnswerTests()
    {
        var random = new Random(16);
        foreach (var node in Nodes)
        {
            List<ConnectionEvent> events = [];
            for (var id = 1; id <= Connections; id++)
            {
                Add(events, id, random);
            }

            events.Sort((a, b) => a.UnixNanoseconds.CompareTo(b.UnixNanoseconds));
            var sink = _capture.Open(node);
            foreach (var batch in events.Chunk(500))
            {
                sink.Write(batch);
            }

            sink.Close();
        }
    }

    public static TheoryData<string, string> FiltersAndConditions => new()
    {
        { "--since 2026-11-22T19:40", "timestamp >= TIMESTAMP '2026-11-22 19:40:00'" },
        { "--since 2026-11-22T19:40 --until 2026-11-22T21:10", "timestamp >= TIMESTAMP '2026-11-22 19:40:00' AND timestamp < TIMESTAMP '2026-11-22 21:10:00'" },
        { "--since 2026-11-22T20:00 --until 2026-11-22T21:00", "hour = 20" },
        { "--until 2026-11-22T19:00:30.5", "timestamp < TIMESTAMP '2026-11-22 19:00:30.5'" },
        { "--node node-2", "node = 'node-2'" },
        { "--node !*-2", "node <> 'node-2'" },
        { "--pod nginx-*", "pod_name LIKE 'nginx-%'" },
        { "--pod !production/nginx-*", "pod_name IS NULL OR pod_name NOT LIKE 'nginx-%'" },
        { "--namespace production --process proc-3,proc-6", "pod_namespace = 'production' AND process IN ('proc-3', 'proc-6')" },
        { "--container nginx", "container_name = 'nginx'" },
        { "--container a1b2c3d4e5f6", "container_id LIKE 'a1b2c3d4e5f6%'" },
        { "--workload production/nginx", "workload = 'production/nginx'" },
        { "--workload deployment/production/nginx", "workload_kind = 'Deployment'" },
        { "--workload node/proc-?", "pod_name IS NULL" },
        { "--process proc-3 --since 2026-11-22T20:30", "process = 'proc-3' AND timestamp >= TIMESTAMP '2026-11-22 20:30:00'" },
        { "--pid 103", "pid = 103" },
        { "--to 10.9.0.5", "dst_ip = '10.9.0.5'" },
        { "--to 10.9.0.5:443 --failed", "dst_ip = '10.9.0.5' AND dst_port = 443 AND result <> 'established'" },
        { "--to 10.9.0.4/30 --direction outbound", "dst_ip IN ('10.9.0.4', '10.9.0.5', '10.9.0.6', '10.9.0.7') AND direction = 'outbound'" },
        { "--from 10.0.0.0/8 --port 80-400", "src_ip LIKE '10.%' AND dst_port = 80" },
        { "--from :20010-20019", "src_port BETWEEN 20010 AND 20019" },
        { "--from 2001:db8::/32", "src_ip = '2001:db8::7'" },
        { "--peer 10.9.0.3,2001:db8::7", "CASE direction WHEN 'outbound' THEN dst_ip ELSE src_ip END IN ('10.9.0.3', '2001:db8::7')" },
        { "--to production/db-0", "direction = 'outbound' AND peer_pod_name = 'db-0'" },
        { "--from nginx", "direction = 'outbound' AND workload = 'production/nginx'" },
        { "--peer db", "peer_service = 'db'" },
        { "--port !443", "dst_port <> 443" },
        { "--type close,flow", "type IN ('CLOSE', 'FLOW')" },
        { "--type connect --since 2026-11-22T19:30", "type = 'CONNECT' AND timestamp >= TIMESTAMP '2026-11-22 19:30:00'" },
        { "--direction inbound", "direction = 'inbound'" },
        { "--failed", "result <> 'established'" },
        { "--result refused,timeout", "result IN ('refused', 'timed_out')" },
        { "--result !refused", "result IS DISTINCT FROM 'refused'" },
        { "--result established --process proc-1", "result = 'established' AND process = 'proc-1'" },
        { "--min-duration 10m", "duration_us >= 600000000" },
        { "--min-bytes 1TiB", "bytes_sent::HUGEINT + bytes_received >= 1099511627776" },
        { "--min-bytes 1MiB --port 443 --node node-1", "bytes_sent::HUGEINT + bytes_received >= 1048576 AND dst_port = 443 AND node = 'node-1'" },
    };

    public void Dispose() => _capture.Dispose();

    [Theory]
    [MemberData(nameof(FiltersAndConditions))]
    public void Filters_select_the_same_rows_as_conditions(string filter, string condition)
    {
        const string columns = "SELECT node, timestamp, type, connection_id, src_port FROM events";
        var expected = Print("", $"{columns} WHERE {condition} ORDER BY ALL");
        Assert.InRange(expected.Count(c => c == '\n'), 3, 6 * Connections);
        Assert.Equal(expected, Print(filter, $"{columns} ORDER BY ALL"));
        Assert.Equal(Print("", $"WITH chosen AS (FROM events WHERE {condition}) {Sums} {OfRows} GROUP BY ALL ORDER BY ALL"), Print(filter, $"{Sums} hourly GROUP BY ALL ORDER BY ALL"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("--process proc-3", "process = 'proc-3'")]
    [InlineData("--pod nginx-* --port 443", "pod_name LIKE 'nginx-%' AND dst_port = 443")]
    [InlineData("--min-duration 20m", "duration_us >= 1200000000")]
    [InlineData("--type close", "NOT open")]
    [InlineData("--node node-1", "node = 'node-1'")]
    public void The_time_filter_selects_connections_that_were_open_then(string filter, string condition)
    {
        const string columns = "SELECT node, connection_id, opened_at, closed_at, bytes_sent FROM connections WHERE true";
        condition = condition.Length > 0 ? $" AND {condition}" : "";
        Assert.Equal(
            Print("", $"{columns}{condition} AND (open OR closed_at >= TIMESTAMP '2026-11-22 19:50:00') ORDER BY ALL"),
            Print($"{filter} --since 2026-11-22T19:50", $"{columns} ORDER BY ALL"));
        Assert.Equal(Print("", $"{columns}{condition} ORDER BY ALL"), Print(filter, $"{columns} ORDER BY ALL"));
    }

    [Fact]
    public void A_connection_that_closed_later_was_open_then()
    {
        const string ids = "SELECT node, connection_id FROM connections";
        Assert.Equal(
            Print("", $"{ids} WHERE opened_at < TIMESTAMP '2026-11-22 20:20:00' AND (open OR closed_at >= TIMESTAMP '2026-11-22 20:20:00') ORDER BY ALL"),
            Print("--until 2026-11-22T20:20", $"{ids} WHERE open ORDER BY ALL"));
    }

    [Theory]
    [InlineData("FROM failing_since", "--failed")]
    [InlineData("FROM scans", "--result refused")]
    [InlineData("FROM failing_since", "--min-bytes 1MiB")]
    public void Views_that_compare_refuse_filters_that_remove_one_side(string sql, string filter) =>
        Assert.Contains("compares", Assert.Throws<FormatException>(() => Print(filter, sql)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("--process proc-3,proc-4 ")]
    public void A_destination_is_new_compared_with_all_earlier_events(string filter)
    {
        const string reached = "SELECT workload_name(workload, pod_namespace, pod_name, container_name, process) AS workload, peer AS dst_ip, port AS dst_port, min(first) AS first_seen FROM hourly"
            + " WHERE result = 'established' AND attempts > 0 GROUP BY ALL";
        const string news = "SELECT workload, dst_ip, dst_port, first_seen FROM new_destinations ORDER BY ALL";
        var expected = Print(filter.Trim(), $"SELECT * FROM ({reached}) WHERE first_seen >= TIMESTAMP '2026-11-22 19:02:00' ORDER BY ALL");
        Assert.InRange(expected.Count(c => c == '\n'), 2, 400);
        Assert.Equal(expected, Print($"{filter}--since 2026-11-22T19:02", news));
        Assert.NotEqual(expected, Print(filter.Trim(), news));
        Assert.Contains("query new_destinations alone", Assert.Throws<FormatException>(() => Print("--since 2026-11-22T19:02", $"{news}; FROM talkers")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hours_without_events_are_answered_by_roll_ups_or_reported()
    {
        foreach (var file in _capture.Sealed.Where(file => file.Contains("hour=19", StringComparison.Ordinal)))
        {
            File.Delete(Path.Combine(_capture.Events, file));
        }

        List<string> log = [];
        const string count = "SELECT sum(attempts)::BIGINT AS n FROM hourly WHERE hour = 19";
        var all = Print("", count, log);
        Assert.Equal(all, Print("--process proc-*", count, log));
        Assert.Empty(log);
        Assert.Equal("n\n\n", Print("--pid 103,104", count, log));
        Assert.Equal("hours of 2026-11-22 19:00 to 2026-11-22 20:00 are left out: their events were removed, and the remaining roll-ups can't be filtered by --pid", Assert.Single(log));
        log.Clear();
        Assert.Equal("n\n\n", Print("--since 2026-11-22T19:30", count, log));
        Assert.Contains("can't be split at --since and --until", Assert.Single(log), StringComparison.Ordinal);
    }

    [Fact]
    public void The_overview_shows_the_selected_rows()
    {
        var picture = Print("--since 2026-11-22T19:40 --until 2026-11-22T20:10 --process proc-3", null);
        var expected = Print("--since 2026-11-22T19:40 --until 2026-11-22T20:10 --process proc-3", "SELECT count(*) AS n FROM events WHERE type = 'ACCEPT'").Split('\n')[1];
        Assert.Contains(picture.Split('\n'), line => line.StartsWith("ACCEPT", StringComparison.Ordinal) && line.EndsWith($" {expected}", StringComparison.Ordinal));
        Assert.Contains("-- events, 2026-11-22 19:40 to 20:09 UTC", picture, StringComparison.Ordinal);
        Assert.DoesNotContain("new destinations", picture, StringComparison.Ordinal);
        Assert.Contains("new destinations", Print("--process proc-3", null), StringComparison.Ordinal);
        Assert.DoesNotContain("many ports or addresses tried", Print("--failed", null), StringComparison.Ordinal);
    }

    private static void Add(List<ConnectionEvent> events, int id, Random random)
    {
        var (isInbound, kind, begins) = (random.Next(2) == 0, random.Next(12), random.Next(3 * 3600 - 10));
        var ends = Math.Min(begins + 1 + random.Next(3000), 3 * 3600 - 2);
        if (kind == 0)
        {
            uint[] errors = [111, 110, 113];
            Add(Sample.Connect(0, error: errors[random.Next(3)]), begins, isInbound: false);
            return;
        }

        Add(isInbound ? Sample.Accept(0) : Sample.Connect(0), begins, isInbound);
        for (var hour = begins / 3600 + 1; hour <= ends / 3600; hour++)
        {
            Traffic(Sample.Flow(0), hour * 3600); // connections that are open at the start of an hour are reported
        }

        if (kind > 1)
        {
            Traffic(Sample.Close(0), ends);
        }

        void Traffic(ConnectionEvent e, int second)
        {
            e.Record.DurationNanoseconds = (ulong)((second - begins) * Sample.Second);
            e.Record.BytesSent = (ulong)(kind == 2 ? long.MaxValue : (long)id * id * 1000);
            Add(e, second, isInbound);
        }

        void Add(ConnectionEvent e, int second, bool isInbound)
        {
            e.UnixNanoseconds = Sample.Hour19 + second * Sample.Second + id * 1000;
            e.Record.Direction = isInbound ? Direction.Inbound : Direction.Outbound;
            (e.Record.ConnectionId, e.Record.SourcePort, e.Record.DestinationPort) = ((ulong)id, (ushort)(20_000 + id), (ushort)(id % 4 == 0 ? 80 : 443));
            e.Record.DestinationAddress = Sample.Address(string.Create(CultureInfo.InvariantCulture, $"10.9.0.{id % 11}"));
            e.Record.SourceAddress = Sample.Address(id % 5 == 0 ? "2001:db8::7" : "10.0.1.5");
            e.Record.LatencyNanoseconds = 0;
            e.Record.Owner.Pid = (uint)(100 + id % 9);
            e.Record.Owner.Comm = Sample.Bytes(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"proc-{id % 9}")));
            e.Container = id % 3 == 0 ? Sample.Container : null;
            e.Peer = id % 7 == 0 ? Sample.Peer : null;
            events.Add(e);
        }
    }

    private string Print(string filter, string? sql, List<string>? log = null) => _capture.Print(
        sql, sql is null ? OutputFormat.Table : OutputFormat.Csv, log: log, filter: GivenFilter.Of(filter.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
