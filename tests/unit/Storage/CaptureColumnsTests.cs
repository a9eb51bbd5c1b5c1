using System.Globalization;
using System.Text;
using NetMon.Events;
using NetMon.Events.Columns;
using Xunit;

namespace NetMon.UnitTests.Storage;

public sealed class CaptureColumnsTests : IDisposable
{
    private const int ColumnsOfVersion2 = 36;
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void DuckDB_sees_the_documented_columns_and_types()
    {
        Write(Sample.Accept(Sample.Hour19));

        var columns = _capture.Query("DESCRIBE SELECT * FROM {events}").Select(row => $"{row[0]} {row[1]}");

        Assert.Equal(
            [
                "timestamp TIMESTAMP", "node VARCHAR", "type VARCHAR", "protocol VARCHAR", "src_ip VARCHAR",
                "src_port INTEGER", "dst_ip VARCHAR", "dst_port INTEGER", "pid INTEGER", "process VARCHAR",
                "netns BIGINT", "container_id VARCHAR", "pod_name VARCHAR", "pod_namespace VARCHAR",
                "container_name VARCHAR", "pod_uid VARCHAR", "image VARCHAR", "direction VARCHAR", "uid BIGINT", "cgroup_id BIGINT", "result VARCHAR",
                "errno INTEGER", "latency_us BIGINT", "duration_us BIGINT", "bytes_sent BIGINT",
                "bytes_received BIGINT", "rtt_us BIGINT", "retransmits BIGINT", "reason VARCHAR",
                "connection_id BIGINT", "owner VARCHAR", "older BOOLEAN", "delta_sent BIGINT", "delta_received BIGINT", "dialed_ip VARCHAR", "dialed_port INTEGER",
                .. EventColumns.All.Skip(ColumnsOfVersion2).Select(column => $"{column.Name} {ColumnTable.DuckDbType(column.Type)}"),
                "date DATE", "hour BIGINT",
            ],
            columns);
    }

    [Fact]
    public void Every_value_is_read_back_and_fields_missing_from_a_type_are_null()
    {
        var connect = Sample.Connect(Sample.Hour19 + 1_999, error: 111) with { Container = Sample.Container };
        var flow = Sample.Flow(Sample.Hour19 + 3_000);
        flow.Record.Flags = RecordFlags.Dialed | RecordFlags.Older | RecordFlags.OwnerInferred;
        (flow.Record.DialedAddress, flow.Record.DialedPort) = (Sample.Address("10.96.0.1"), 80);
        Write(connect, Sample.Accept(Sample.Hour19 + 2_000), flow, Sample.Close(Sample.Hour19 + 3_600 * Sample.Second - 1));

        var rows = _capture.Query("SELECT * FROM {events} ORDER BY timestamp").Select(row => row[..ColumnsOfVersion2]).ToArray();

        object?[] shared = ["TCP", "10.0.1.5", 45678, "2001:db8::1", 65535, int.MaxValue, "curl", 4026532508L];
        const long id = 7_000_000_007;
        object?[] container = [Sample.Container.ContainerId, "nginx-7d64c9f9b8-x9k2m", "production", "nginx", Sample.Container.PodUid, Sample.Container.Image];
        object?[] owner = [(long)uint.MaxValue, long.MaxValue - 1];
        var hour = new DateTime(2026, 11, 22, 19, 0, 0);
        Assert.Equal(
            [hour.AddMicroseconds(1), "node-1", "CONNECT", .. shared, .. container, "outbound", .. owner, "refused", 111, 1234L, .. Nulls(6), id, .. Nulls(6)],
            rows[0]);
        Assert.Equal(
            [hour.AddMicroseconds(2), "node-1", "ACCEPT", .. shared, .. Nulls(6), "inbound", .. owner, .. Nulls(9), id, .. Nulls(6)],
            rows[1]);
        Assert.Equal(
            [
                hour.AddMicroseconds(3), "node-1", "FLOW", .. shared, .. Nulls(6), "outbound", .. owner, .. Nulls(2),
                1234L, 7000L, long.MaxValue, 4096L, (long)uint.MaxValue, 3L, null, id, "inferred", true, 96L, 4000L, "10.96.0.1", 80,
            ],
            rows[2]);
        Assert.Equal(
            [
                hour.AddHours(1).AddMicroseconds(-1), "node-1", "CLOSE", .. shared, .. Nulls(6), "outbound", .. owner, .. Nulls(2),
                1234L, 7000L, long.MaxValue, 4096L, (long)uint.MaxValue, 3L, "fin_remote", id, .. Nulls(2), 96L, 4000L, .. Nulls(2),
            ],
            rows[3]);
    }

    [Theory]
    [InlineData(0, RecordFlags.None, "established", null)]
    [InlineData(0, RecordFlags.ErrorUnknown, "other", null)]
    [InlineData(13, RecordFlags.None, "other", 13)]
    [InlineData(103, RecordFlags.None, "aborted", null)]
    [InlineData(110, RecordFlags.None, "timed_out", 110)]
    public void A_failed_CONNECT_has_its_errno_if_known(int error, RecordFlags flags, string result, int? errno)
    {
        Write(Sample.Connect(Sample.Hour19, (uint)error, flags));

        Assert.Equal([result, errno], Assert.Single(_capture.Query("SELECT result, errno FROM {events}")));
    }

    [Fact]
    public void Unknown_names_of_a_container_are_empty_and_not_null()
    {
        Write(Sample.Accept(Sample.Hour19) with { Container = new ContainerIdentity("c0ffee") });

        var row = Assert.Single(_capture.Query("SELECT container_id, pod_name, pod_namespace, container_name, pod_uid, image FROM {events}"));
        Assert.Equal(["c0ffee", "", "", "", "", ""], row);
    }

    [Fact]
    public void Unknown_fields_of_a_peer_are_null()
    {
        const string question = "SELECT peer_pod_name, peer_pod_namespace, peer_workload, peer_service, peer_node, peer_zone FROM {events} ORDER BY timestamp";
        Write(
            Sample.Accept(Sample.Hour19), Sample.Accept(Sample.Hour19 + 1000) with { Peer = Sample.Peer }, Sample.Accept(Sample.Hour19 + 2000) with { Peer = new PeerIdentity(Node: "node-2") },
            Sample.Accept(Sample.Hour19 + 3000) with { Peer = Sample.Peer with { } }, Sample.Accept(Sample.Hour19 + 4000) with { Peer = new PeerIdentity() });

        object?[] all = ["db-0", "production", "StatefulSet/db", "db", "node-2", "zone-b"];
        Assert.Equal([Nulls(6), all, [.. Nulls(4), "node-2", null], all, Nulls(6)], _capture.Query(question));
    }

    [Fact]
    public void A_unit_of_the_node_has_a_workload_without_a_container_and_unknown_fields_of_a_workload_are_null()
    {
        const string question = "SELECT container_id, pod_name, image, workload, workload_kind, pod_labels FROM {events} ORDER BY timestamp";
        Write(
            Sample.Accept(Sample.Hour19), Sample.Accept(Sample.Hour19 + 1000) with { Container = Sample.Unit }, Sample.Accept(Sample.Hour19 + 2000) with { Container = Sample.Container },
            Sample.Accept(Sample.Hour19 + 3000) with { Container = new ContainerIdentity("c0ffee") });

        Assert.Equal(
            [
                Nulls(6), [.. Nulls(3), "node/sshd.service", "SystemdUnit", null],
                [Sample.Container.ContainerId, Sample.Container.PodName, Sample.Container.Image, "production/nginx", "Deployment", """{"team":"shop"}"""], ["c0ffee", "", "", .. Nulls(3)],
            ],
            _capture.Query(question));
    }

    [Fact]
    public void Process_names_are_decoded_like_UTF8_in_the_framework()
    {
        byte[][] names =
        [
            [], "a"u8.ToArray(), "0123456789abcdef"u8.ToArray(), [0xff], [0xff, 0xfe], [0xc3, 0x28], "😀😀😀"u8.ToArray(), [0xed, 0xa0, 0x80],
            [0xf0, 0x9f, 0x98], [.. "😀😀😀"u8, 0xf0, 0x9f, 0x98], [1, (byte)'"', (byte)'\\', 0x7f, (byte)'\n'], [(byte)'x', 0, (byte)'y'],
        ];
        Write([.. names.Select((name, index) => Sample.Named(Sample.Hour19 + 1000 * index, name))]);

        var processes = _capture.Query("SELECT process FROM {events} ORDER BY timestamp").Select(row => row[0]);

        Assert.Equal(names.Select(name => Encoding.UTF8.GetString(name.TakeWhile(b => b != 0).ToArray())), processes);
    }

    [Fact]
    public void Names_that_sort_differently_in_UTF16_are_not_skipped_by_their_bounds()
    {
        Write(Sample.Named(Sample.Hour19, "😀"u8), Sample.Named(Sample.Hour19 + 1000, [0xff]), Sample.Named(Sample.Hour19 + 2000, "x"u8));

        Assert.Equal(1L, _capture.Query("SELECT count(*) FROM {events} WHERE process = '😀'")[0][0]);
        Assert.Equal("😀", _capture.Query("SELECT max(process) FROM {events}")[0][0]);
    }

    [Fact]
    public void A_column_that_is_all_null_has_no_bounds()
    {
        Write(Sample.Accept(Sample.Hour19));

        Assert.Equal([null, null, 0L], _capture.Query("SELECT min(duration_us), max(errno), count(reason) FROM {events}")[0]);
        Assert.All(
            Metadata("stats_min_value, stats_max_value, stats_null_count", "duration_us", "errno", "result"),
            row => Assert.Equal([null, null, 1L], row));
    }

    [Fact]
    public void The_largest_numbers_are_found_by_their_bounds()
    {
        Write(Sample.Close(Sample.Hour19), Sample.Close(Sample.Hour19) with { Record = Sample.Accept(0).Record with { Kind = RecordKind.Close } });

        Assert.Equal(2L, _capture.Query("SELECT count(*) FROM {events} WHERE pid > 2147483000 AND cgroup_id > 9223372036854775000")[0][0]);
        Assert.Equal(1L, _capture.Query("SELECT count(*) FROM {events} WHERE bytes_sent = 9223372036854775807 AND rtt_us = 4294967295")[0][0]);
    }

    [Fact]
    public void Repeated_values_have_a_dictionary_and_times_are_plain_and_all_columns_have_zstd_and_bounds()
    {
        Write([.. Enumerable.Range(0, 3000).SelectMany(n => Three(Sample.Hour19 + n * 1_000_000L, n))]);

        string[] never = ["timestamp", "older"];
        var encodings = _capture.Query($"SELECT path_in_schema, encodings FROM parquet_metadata('{_capture.Path}/events/**/*.parquet')")
            .ToDictionary(row => Text(row[0]), row => Text(row[1]));
        Assert.Equal(EventColumns.All.Count, encodings.Count);
        Assert.All(encodings.Where(column => !never.Contains(column.Key)), column => Assert.EndsWith(", RLE_DICTIONARY", column.Value, StringComparison.Ordinal));
        Assert.All(encodings.Where(column => never.Contains(column.Key)), column => Assert.Equal("RLE, PLAIN", column.Value));
        Assert.Equal([["ZSTD", (long)EventColumns.All.Count, (long)EventColumns.All.Count]], _capture.Query(
            $"SELECT any_value(compression), count(stats_min_value), count(stats_max_value) FROM parquet_metadata('{_capture.Path}/events/**/*.parquet') GROUP BY compression"));
    }

    [Fact]
    public void Filters_exclude_row_groups_without_an_address()
    {
        var events = Enumerable.Range(0, 3000).Select(n => Sample.Accept(Sample.Hour19 + n * 1000L) with { Container = Sample.Container }).ToArray();
        for (var row = 0; row < events.Length; row++)
        {
            events[row].Record.SourceAddress = Sample.Address($"10.{row / 1000}.{row % 200}.7");
        }

        var sink = _capture.Open(change: options => options with { RowGroupRows = 1000 });
        sink.Write(events);
        sink.Close();

        Assert.Equal(5L, _capture.Query($"SELECT count(*) FROM parquet_metadata('{_capture.Path}/events/**/*.parquet') WHERE row_group_id = 0 AND bloom_filter_offset IS NOT NULL")[0][0]);
        foreach (var group in Enumerable.Range(0, 3))
        {
            Assert.Equal([.. Enumerable.Range(0, 3).Select(n => n != group)], Excluded("src_ip", $"10.{group}.199.7"));
        }

        Assert.Equal(5L, _capture.Query("SELECT count(*) FROM {events} WHERE src_ip = '10.1.199.7'")[0][0]);
        Assert.Equal([true, true, true], Excluded("pod_name", "another"));
        Assert.Equal([false, false, false], Excluded("pod_name", Sample.Container.PodName));
    }

    [Fact]
    public void Many_addresses_in_a_row_group_keep_their_rows()
    {
        var events = Enumerable.Range(0, 15_000).Select(n => Sample.Accept(Sample.Hour19 + n * 1000L)).ToArray();
        for (var row = 0; row < events.Length; row++)
        {
            events[row].Record.SourceAddress = Sample.Address($"10.1.{row % 5000 / 256}.{row % 5000 % 256}");
        }

        Write(events);

        var addresses = _capture.Query("SELECT src_ip FROM {events}").Select(row => row[0]);
        Assert.Equal(events.Select(connection => AddressText.Format(connection.Record.SourceAddress)), addresses);
    }

    [Fact]
    public void The_metadata_has_the_origin_and_the_losses()
    {
        List<LossCounter> losses = [new("ring", "full", 17), new("json", "queue_full", 0)];
        var sink = _capture.Open(change: options => options with { LossTotals = () => losses });
        sink.Write([Sample.Accept(Sample.Hour19 + 1), Sample.Accept(Sample.Hour19 + 2 * Sample.Second)]);
        sink.Close();

        var pairs = _capture.Query($"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{_capture.Path}/events/**/*.parquet')")
            .ToDictionary(pair => Text(pair[0]), pair => Text(pair[1]));
        Assert.Matches("^node-1\\.[0-9a-f]{16}-[0-9]{6}\\.parquet$", pairs["netmon.segments"]);
        foreach (var key in new[] { "netmon.footer_crc32c", "netmon.pages_crc32c", "netmon.filters_crc32c" })
        {
            Assert.Matches("^[0-9a-f]{8}$", pairs[key]);
            pairs.Remove(key);
        }

        pairs.Remove("netmon.segments");

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["netmon.schema_version"] = "2",
                ["netmon.agent_version"] = "0.1.0",
                ["netmon.node"] = "node-1",
                ["netmon.boot_id"] = CaptureFolder.BootId,
                ["netmon.first_timestamp"] = "2026-11-22T19:00:00.000000001Z",
                ["netmon.last_timestamp"] = "2026-11-22T19:00:02.000000000Z",
                ["netmon.rows"] = "2",
                ["netmon.loss.ring.full"] = "17",
                ["netmon.loss.json.queue_full"] = "0",
            },
            pairs);
    }

    private static object?[] Nulls(int count) => new object?[count];

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static IEnumerable<ConnectionEvent> Three(long at, int n)
    {
        var close = Sample.Close(at + 2);
        close.Record.SourceAddress = Sample.Address($"10.0.{n / 256}.{n % 256}");
        close.Record.Flags = RecordFlags.Dialed | RecordFlags.Older | RecordFlags.OwnerUnknown;
        return [Sample.Connect(at, error: 111) with { Container = Sample.Container, Peer = Sample.Peer }, Sample.Accept(at + 1), close];
    }

    private IEnumerable<bool> Excluded(string column, string value) => _capture.Query(
        $"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{_capture.Path}/events/**/*.parquet', '{column}', '{value}') ORDER BY row_group_id").Select(row => (bool)row[0]!);

    private void Write(params ConnectionEvent[] events)
    {
        var sink = _capture.Open();
        sink.Write(events);
        sink.Close();
    }

    private List<object?[]> Metadata(string what, params string[] columns) => _capture.Query(
        $"SELECT {what} FROM parquet_metadata('{_capture.Path}/events/**/*.parquet') WHERE path_in_schema IN ('{string.Join("', '", columns)}')");
}
