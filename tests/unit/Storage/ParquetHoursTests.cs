using NetMon.Events;
using NetMon.Storage;
using Xunit;

namespace NetMon.UnitTests.Storage;

public sealed class ParquetHoursTests : IDisposable
{
    private static readonly long Hour20 = Sample.Hour19 + Sample.HourLong;

    private readonly CaptureFolder _capture = new();
    private readonly SinkCounters _counters = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void An_hour_is_sealed_once_the_watermark_is_past_its_end_and_the_lateness()
    {
        var sink = _capture.Open(counters: _counters, rowGroupRows: 1);
        sink.Write([Sample.Accept(Hour20 - 1), Sample.Accept(Hour20), Sample.Accept(Hour20 - 2)]);
        sink.Advance(Hour20 + Sample.Second - 1);

        Assert.Empty(_capture.Sealed);
        Assert.Equal(2, _capture.Partials.Length);
        Assert.Equal(0, _counters.Delivered);

        sink.Advance(Hour20 + Sample.Second);

        Assert.Equal(["date=2026-11-22/hour=19/node-1.parquet"], _capture.Sealed);
        Assert.Equal(2, _counters.Delivered);

        sink.Close();

        Assert.Equal(["date=2026-11-22/hour=19/node-1.parquet", "date=2026-11-22/hour=20/node-1.parquet"], _capture.Sealed);
        Assert.Empty(_capture.Partials);
        Assert.Equal(3, _counters.Delivered);
        Assert.Equal([[19L, 2L], [20L, 1L]], _capture.Query("SELECT hour, count(*) FROM {events} GROUP BY hour ORDER BY hour"));
        Assert.Empty(_capture.Reports);
    }

    [Fact]
    public void The_partition_is_that_of_each_events_own_time()
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
        sink.Write([Sample.Accept(Hour20 - 3)]);
        sink.Advance(Hour20 + 3 * Sample.Second);
        sink.Write([Sample.Accept(Hour20 - 2)]);
        sink.Advance(Hour20 + 4 * Sample.Second);

        Assert.Equal(["date=2026-11-22/hour=19/node-1.parquet"], _capture.Sealed);

        sink.Advance(Hour20 + 62 * Sample.Second);

        Assert.Equal(["date=2026-11-22/hour=19/node-1-1.parquet", "date=2026-11-22/hour=19/node-1.parquet"], _capture.Sealed);
        sink.Close();
        Assert.Equal([[3L]], _capture.Query("SELECT count(*) FROM {events} WHERE hour = 19"));
    }

    [Fact]
    public void A_file_that_is_there_is_never_overwritten()
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
    public void Without_events_there_is_no_file()
    {
        var sink = _capture.Open();
        sink.Advance(Sample.Hour19);
        sink.Advance(Hour20 + Sample.HourLong);
        sink.Close();

        Assert.Empty(_capture.Sealed);
        Assert.Empty(_capture.Partials);
    }

    [Fact]
    public void Rows_are_written_group_by_group_in_their_order()
    {
        var sink = _capture.Open(rowGroupRows: 1000);
        foreach (var batch in Enumerable.Range(0, 10_500).Select(n => Sample.Accept(Sample.Hour19 + n * 1000L)).Chunk(777))
        {
            sink.Write(batch);
        }

        sink.Close();

        Assert.Equal([[11L]], _capture.Query($"SELECT num_row_groups FROM parquet_file_metadata('{_capture.Path}/events/**/*.parquet')"));
        var times = _capture.Query("SELECT epoch_us(timestamp) FROM {events}").Select(row => (long)row[0]!);
        Assert.Equal(Enumerable.Range(0, 10_500).Select(n => Sample.Hour19 / 1000 + n), times);
    }

    [Fact]
    public void An_hour_with_more_row_groups_than_a_footer_may_hold_is_several_files()
    {
        var sink = _capture.Open(rowGroupRows: 1, counters: _counters);
        sink.Write([.. Enumerable.Range(0, 600).Select(n => Sample.Accept(Sample.Hour19 + n))]);

        Assert.Equal(["date=2026-11-22/hour=19/node-1.parquet"], _capture.Sealed);
        Assert.Equal(512, _counters.Delivered);
        sink.Close();

        Assert.Equal(600, _counters.Delivered);
        Assert.Equal([[600L]], _capture.Query("SELECT count(*) FROM {events}"));
    }

    [Fact]
    public void Two_sinks_of_one_node_that_seal_at_once_take_different_names()
    {
        Parallel.For(0, 4, _ =>
        {
            for (var round = 0; round < 5; round++)
            {
                var sink = new ParquetSink(
                    new ParquetSinkOptions { CaptureDirectory = _capture.Path, Node = "n", AgentVersion = "0", BootId = "b" },
                    new SinkCounters(),
                    line => Assert.Fail(line));
                sink.Write([Sample.Accept(Sample.Hour19)]);
                sink.Close();
            }
        });

        Assert.Equal(20, _capture.Sealed.Length);
        Assert.Equal([[20L]], _capture.Query("SELECT count(*) FROM {events}"));
    }

    [Fact]
    public void Hours_in_any_order_all_arrive()
    {
        var sink = _capture.Open(rowGroupRows: 64, counters: _counters);
        var random = new Random(7);
        sink.Write([.. Enumerable.Range(0, 200).Select(_ => Sample.Accept(Sample.Hour19 + random.Next(6) * Sample.HourLong + random.Next()))]);
        sink.Close();

        Assert.Equal(200, _counters.Delivered);
        Assert.Equal([[200L, 6L]], _capture.Query("SELECT count(*), count(DISTINCT (date, hour)) FROM {events}"));
        Assert.Empty(_capture.Partials);
    }

    [Fact]
    public void Nodes_share_a_directory()
    {
        var sinks = new[] { "a", "a.b", "a-1", "a" }.Select(node => _capture.Open(node, rowGroupRows: 1)).ToList();
        foreach (var sink in sinks)
        {
            sink.Write([Sample.Accept(Sample.Hour19), Sample.Accept(Sample.Hour19)]);
        }

        sinks.Add(_capture.Open("a"));

        Assert.Equal(4, _capture.Partials.Length);
        sinks.ForEach(sink => sink.Close());

        Assert.Equal([["a", 4L], ["a-1", 2L], ["a.b", 2L]], _capture.Query("SELECT node, count(*) FROM {events} GROUP BY node ORDER BY node"));
        Assert.Empty(_capture.Reports);
    }

    [Fact]
    public void Files_and_folders_are_closed_to_others()
    {
        var sink = _capture.Open(rowGroupRows: 1);
        sink.Write([Sample.Accept(Sample.Hour19)]);
        Assert.Equal("640", Mode(Assert.Single(_capture.Partials)));
        sink.Close();

        Assert.Equal("640", Mode(Path.Combine(_capture.Events, Assert.Single(_capture.Sealed))));
        string[] folders = [_capture.Path, _capture.Hot, .. Directory.GetDirectories(_capture.Path, "*", SearchOption.AllDirectories)];
        Assert.All(folders, folder => Assert.Equal("750", Mode(folder)));
    }

    [Fact]
    public void The_names_are_made_durable()
    {
        var synced = new List<string>();
        var sink = _capture.Open(syncFolder: synced.Add);
        sink.Write([Sample.Accept(Sample.Hour19)]);
        sink.Close();

        var hour = Path.GetDirectoryName(Path.Combine(_capture.Events, Assert.Single(_capture.Sealed)))!;
        Assert.Equal([hour, Path.GetDirectoryName(hour)!, _capture.Events], synced);
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
