using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Storage;

public sealed class CaptureHoursTests : IDisposable
{
    private static readonly long Hour20 = Sample.Hour19 + Sample.HourLong;

    private readonly CaptureFolder _capture = new();
    private readonly SinkCounters _counters = new("parquet");

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void An_hour_is_sealed_after_its_end_plus_the_lateness()
    {
        var sink = _capture.Open(counters: _counters, change: options => options with { DurableWithin = TimeSpan.Zero });
        sink.Write([Sample.Accept(Hour20 - 1), Sample.Accept(Hour20), Sample.Accept(Hour20 - 2)]);
        sink.Advance(Hour20 + Sample.Second - 1);

        Assert.Empty(_capture.Sealed);
        Assert.Equal(2, _capture.Segments.Length);
        Assert.Equal(3, _counters.Delivered);

        sink.Advance(Hour20 + Sample.Second);

        _capture.WaitForSealed(1, segmentsLeft: 1);
        Assert.Equal(["date=2026-11-22/hour=19/node-1.parquet"], _capture.Sealed);

        sink.Close();

        Assert.Equal(["date=2026-11-22/hour=19/node-1.parquet", "date=2026-11-22/hour=20/node-1.parquet"], _capture.Sealed);
        Assert.Empty(_capture.Segments);
        Assert.Equal(3, _counters.Delivered);
        Assert.Equal([[19L, 2L], [20L, 1L]], _capture.Query("SELECT hour, count(*) FROM {events} GROUP BY hour ORDER BY hour"));
        Assert.Empty(_capture.Reports);
    }

    [Fact]
    public void The_time_of_each_event_selects_its_partition()
    {
        var sink = _capture.Open();
        sink.Write([.. Enumerable.Range(-3, 6).Select(n => Sample.Accept(Sample.At(2027, 1, 1, 0) + n * 600 * Sample.Second))]);
        sink.Close();

        Assert.Equal(["date=2026-12-31/hour=23/node-1.parquet", "date=2027-01-01/hour=00/node-1.parquet"], _capture.Sealed);
        Assert.Empty(_capture.Query(
            "SELECT * FROM {events} WHERE timestamp::DATE <> date OR extract(hour FROM timestamp) <> hour"));
    }

    [Fact]
    public void Late_rows_of_a_sealed_hour_share_a_second_file()
    {
        var sink = _capture.Open();
        sink.Write([Sample.Accept(Hour20 - 1), Sample.Accept(Hour20)]);
        sink.Advance(Hour20 + 2 * Sample.Second);
        _capture.WaitForSealed(1);
        sink.Write([Sample.Accept(Hour20 - 3)]);
        sink.Advance(Hour20 + 3 * Sample.Second);
        sink.Write([Sample.Accept(Hour20 - 2)]);
        sink.Advance(Hour20 + 4 * Sample.Second);

        Assert.Equal(["date=2026-11-22/hour=19/node-1.parquet"], _capture.Sealed);

        sink.Advance(Hour20 + 62 * Sample.Second);
        CaptureFolder.WaitFor(() => _capture.Sealed.Length == 2, "the second file");

        Assert.Equal(["date=2026-11-22/hour=19/node-1-1.parquet", "date=2026-11-22/hour=19/node-1.parquet"], _capture.Sealed);
        sink.Close();
        Assert.Equal([[3L]], _capture.Query("SELECT count(*) FROM {events} WHERE hour = 19"));
    }

    [Fact]
    public void An_existing_file_is_never_overwritten()
    {
        for (var run = 0; run < 4; run++)
        {
            var sink = _capture.Open();
            sink.Write([Sample.Accept(Sample.Hour19)]);
            sink.Close();
        }

        Assert.Equal(["node-1-1.parquet", "node-1-2.parquet", "node-1-3.parquet", "node-1.parquet"], _capture.Sealed.Select(Path.GetFileName));
        Assert.Equal([[4L]], _capture.Query("SELECT count(*) FROM {events}"));
    }

    [Fact]
    public void No_file_is_written_without_events()
    {
        var sink = _capture.Open();
        sink.Advance(Sample.Hour19);
        sink.Advance(Hour20 + Sample.HourLong);
        sink.Close();

        Assert.Empty(_capture.Sealed);
        Assert.Empty(_capture.Segments);
    }

    [Fact]
    public void A_full_segment_becomes_a_piece_at_once_and_the_hour_is_merged_from_pieces()
    {
        var sink = _capture.Open(counters: _counters, change: options => options with { RowGroupRows = 4096 });
        WriteInOrder(sink, 5 * 4096);
        CaptureFolder.WaitFor(() => _capture.Pieces.Length > 0 && _capture.Segments.Length == 1, "pieces of all full segments");
        var pieces = _capture.Pieces.ToDictionary(path => path, File.ReadAllBytes);
        Assert.Equal(
            [[4 * 4096L]], DuckDb.Query($"SELECT count(*) FROM read_parquet('{_capture.Hot}/**/*.parquet', hive_partitioning = true) WHERE date = '2026-11-22' AND hour = 19"));
        sink.Close();

        Assert.Empty(_capture.Pieces);
        var file = File.ReadAllBytes(Path.Combine(_capture.Events, Assert.Single(_capture.Sealed)));
        Assert.All(pieces.Values, piece => Assert.True(file.AsSpan().IndexOf(piece.AsSpan(4, 1000)) >= 0, "a piece's pages are not in the file as they were"));
        Assert.Equal([[5 * 4096L, 5 * 4096L]], _capture.Query("SELECT count(*), count(DISTINCT timestamp) FROM {events}"));
    }

    [Fact]
    public void Rows_of_a_group_are_sorted_by_owner_and_kind_and_then_by_time()
    {
        var sink = _capture.Open(change: options => options with { RowGroupRows = 100_000 });
        var random = new Random(11);
        sink.Write([.. Enumerable.Range(0, 5000).Select(n => Any(random, Sample.Hour19 + n * 1000L))]);
        sink.Close();

        Assert.Equal([[0L]], _capture.Query(
            """
            WITH rows AS (SELECT coalesce(container_id, '') AS container, pid, direction, type, timestamp, file_row_number AS n FROM read_parquet('{path}', file_row_number = true)),
            firsts AS (SELECT *, min(n) OVER (PARTITION BY container) AS first FROM rows)
            SELECT count(*) FROM (SELECT n, row_number() OVER (ORDER BY first, pid, direction = 'inbound', list_position(['CONNECT', 'ACCEPT', 'CLOSE', 'FLOW'], type), timestamp) - 1 AS expected FROM firsts) WHERE n <> expected
            """.Replace("{path}", Path.Combine(_capture.Events, Assert.Single(_capture.Sealed)), StringComparison.Ordinal)));
    }

    [Fact]
    public void Row_groups_are_in_time_order_for_any_order_of_rows_in_a_segment()
    {
        var sink = _capture.Open(change: options => options with { RowGroupRows = 30_000 });
        var random = new Random(3);
        int[] order = [.. Enumerable.Range(0, 21_000).OrderBy(n => n + random.Next(6000))]; // up to a batch and a half late
        order = [.. order[7000..], .. order[..7000]]; // and a clock that was set back once
        foreach (var batch in order.Select(n => Sample.Accept(Sample.Hour19 + n * 1000L)).Chunk(777))
        {
            sink.Write(batch);
        }

        sink.Close();

        var times = _capture.Query("SELECT epoch_us(timestamp) FROM {events}").Select(row => (long)row[0]!);
        Assert.Equal(Enumerable.Range(0, 21_000).Select(n => Sample.Hour19 / 1000 + n), times);
    }

    [Fact]
    public void An_unordered_hour_loses_no_row()
    {
        var sink = _capture.Open(counters: _counters);
        var random = new Random(5);
        foreach (var batch in Enumerable.Range(0, 200_000).OrderBy(_ => random.Next()).Select(n => Sample.Accept(Sample.Hour19 + n * 1000L)).Chunk(4096))
        {
            sink.Write(batch);
        }

        sink.Close();

        Assert.Equal([[200_000L, 200_000L]], _capture.Query("SELECT count(*), count(DISTINCT timestamp) FROM {events}"));
    }

    [Fact]
    public void Hours_in_any_order_all_arrive()
    {
        var sink = _capture.Open(counters: _counters);
        var random = new Random(7);
        sink.Write([.. Enumerable.Range(0, 200).Select(_ => Sample.Accept(Sample.Hour19 + random.Next(6) * Sample.HourLong + random.Next()))]);
        sink.Close();

        Assert.Equal(200, _counters.Delivered);
        Assert.Equal([[200L, 6L]], _capture.Query("SELECT count(*), count(DISTINCT (date, hour)) FROM {events}"));
        Assert.Empty(_capture.Segments);
    }

    [Fact]
    public void Late_names_are_filled_in_and_requested_once()
    {
        var asked = new List<string>();
        var sink = _capture.Open(change: options => options with
        {
            NamesOf = container =>
            {
                asked.Add(container.ContainerId);
                return container.ContainerId == "late" ? container with { PodName = "p", Image = "i" } : null;
            },
        });
        sink.Write([.. Enumerable.Range(0, 10_000).Select(n => Sample.Accept(Sample.Hour19 + n) with
        {
            Container = (n % 3) switch { 0 => new ContainerIdentity("late"), 1 => new ContainerIdentity("unknown"), _ => Sample.Container },
        })]);
        sink.Close();

        Assert.Equal(["late", "unknown"], asked.Distinct().Order());
        Assert.Single(asked, id => id == "late");
        Assert.Equal(
            [["a1b2", Sample.Container.PodName], ["late", "p"], ["unkn", ""]],
            _capture.Query("SELECT DISTINCT left(container_id, 4), pod_name FROM {events} ORDER BY 1"));
    }

    [Fact]
    public void Names_that_arrive_after_a_piece_are_filled_in_when_the_hour_is_sealed()
    {
        var known = false;
        var sink = _capture.Open(change: options => options with
        {
            RowGroupRows = 4096,
            NamesOf = container => Volatile.Read(ref known) && container.ContainerId == "late" ? container with { PodName = "p", PodNamespace = "n", ContainerName = "c", Image = "i" } : null,
        });
        for (var batch = 0; batch < 3; batch++)
        {
            sink.Write([.. Enumerable.Range(batch * 4096, 4096).Select(n => Sample.Accept(Sample.Hour19 + n) with
            {
                Container = (n % 4) switch { 0 => new ContainerIdentity("late", PodUid: "u"), 1 => new ContainerIdentity("unknown"), 2 => null, _ => Sample.Container },
            })]);
        }

        CaptureFolder.WaitFor(() => _capture.Pieces.Length > 0 && _capture.Segments.Length == 1, "pieces of all full segments");
        Assert.Equal([[0L]], DuckDb.Query($"SELECT count(*) FROM read_parquet('{_capture.Hot}/**/*.parquet') WHERE container_id = 'late' AND pod_name <> ''"));
        Volatile.Write(ref known, true);
        sink.Close();

        Assert.Equal(
            [
                ["a1b2", Sample.Container.PodName, Sample.Container.PodNamespace, Sample.Container.ContainerName, Sample.Container.PodUid, Sample.Container.Image, 3072L],
                ["late", "p", "n", "c", "u", "i", 3072L], ["unkn", "", "", "", "", "", 3072L], [null, null, null, null, null, null, 3072L],
            ],
            _capture.Query("SELECT left(container_id, 4), pod_name, pod_namespace, container_name, pod_uid, image, count(*) FROM {events} GROUP BY ALL ORDER BY 1"));
    }

    [Fact]
    public void Nodes_share_a_directory_one_after_the_other()
    {
        foreach (var node in new[] { "a", "a.b", "a-1", "a" })
        {
            var sink = _capture.Open(node);
            sink.Write([Sample.Accept(Sample.Hour19), Sample.Accept(Sample.Hour19)]);
            sink.Close();
        }

        Assert.Equal([["a", 4L], ["a-1", 2L], ["a.b", 2L]], _capture.Query("SELECT node, count(*) FROM {events} GROUP BY node ORDER BY node"));
        Assert.Empty(_capture.Reports);
    }

    [Fact]
    public void Files_and_folders_are_not_accessible_to_other_users()
    {
        var sink = _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
        sink.Write([Sample.Accept(Sample.Hour19)]);
        Assert.Equal("640", Mode(Assert.Single(_capture.Segments)));
        Assert.Equal("750", Mode(Path.GetDirectoryName(_capture.Segments[0])!));
        sink.Close();

        Assert.Equal("640", Mode(Path.Combine(_capture.Events, Assert.Single(_capture.Sealed))));
        string[] folders = [_capture.Path, .. Directory.GetDirectories(_capture.Path, "*", SearchOption.AllDirectories)];
        Assert.All(folders, folder => Assert.Equal("750", Mode(folder)));
        Assert.All(Directory.GetFiles(_capture.Path, "*", SearchOption.AllDirectories), file => Assert.Equal("640", Mode(file)));
    }

    private static void WriteInOrder(NetMon.Storage.CaptureSink sink, int rows)
    {
        foreach (var batch in Enumerable.Range(0, rows).Select(n => Sample.Accept(Sample.Hour19 + n * 1000L)).Chunk(4096))
        {
            sink.Write(batch);
        }
    }

    private static ConnectionEvent Any(Random random, long at)
    {
        var connection = random.Next(4) switch { 0 => Sample.Connect(at), 1 => Sample.Accept(at), 2 => Sample.Flow(at), _ => Sample.Close(at) };
        connection.Record.Owner.Pid = (uint)random.Next(1, 5);
        return connection with { Container = random.Next(3) switch { 0 => null, 1 => Sample.Container, _ => new ContainerIdentity("c0ffee") } };
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
