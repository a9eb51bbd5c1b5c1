using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Storage;

public sealed class LossTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void Each_change_of_a_loss_counter_becomes_a_row_with_its_time_range()
    {
        List<LossCounter> losses = [new("source", "ring_full", 0), new("json", "queue_full", 5)];
        var sink = _capture.Open(change: options => options with { LossTotals = () => losses, LossInterval = TimeSpan.Zero });
        sink.Advance(1);
        sink.Advance(Sample.Hour19);
        losses[0] = losses[0] with { Count = 17 };
        sink.Advance(Sample.Hour19 + 10 * Sample.Second);
        sink.Advance(Sample.Hour19 + 20 * Sample.Second);
        losses[0] = losses[0] with { Count = 20 };
        sink.Advance(Sample.Hour19 + 30 * Sample.Second);
        sink.Close();

        Assert.Equal(
            [[0L, 0L, "json", "queue_full", 5L], [0L, 10L, "source", "ring_full", 17L], [20L, 30L, "source", "ring_full", 3L]],
            Rows());
        Assert.Empty(_capture.Reports);
    }

    [Fact]
    public void Losses_without_a_running_agent_have_no_count()
    {
        var killed = _capture.Open(change: options => options with { DurableWithin = TimeSpan.FromMilliseconds(2) });
        killed.Write([Sample.Accept(Sample.Hour19 + Sample.Second)]);
        CaptureFolder.WaitFor(() => Noted(killed, Sample.Hour19 + 2 * Sample.Second), "the moment to be noted down");
        killed.Abandon();
        var stopped = _capture.Open();
        stopped.Advance(1);
        stopped.Advance(Sample.Hour19 + 60 * Sample.Second);
        stopped.Close();
        var last = _capture.Open();
        last.Advance(1);
        last.Advance(Sample.Hour19 + 90 * Sample.Second);
        last.Close();

        Assert.Equal([[2L, 60L, "agent", "down", null], [60L, 90L, "agent", "stopped", null]], Rows());
    }

    [Fact]
    public void The_next_run_seals_rows_of_a_killed_run_and_skips_a_torn_one()
    {
        List<LossCounter> losses = [new("source", "ring_full", 17)];
        var killed = _capture.Open(change: options => options with { LossTotals = () => losses, LossInterval = TimeSpan.Zero });
        killed.Advance(1);
        killed.Advance(Sample.Hour19);
        killed.Abandon();
        var file = Assert.Single(Directory.GetFiles(_capture.Hot, "*.loss", SearchOption.AllDirectories));
        File.AppendAllText(file, "1795374000000000000\t1795374000");
        var next = _capture.Open();
        next.Close();

        Assert.Equal([[0L, 0L, "source", "ring_full", 17L]], Rows());
        Assert.Contains("incomplete", Assert.Single(_capture.Reports), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_capture.Hot, "*.loss", SearchOption.AllDirectories));
    }

    [Fact]
    public void Rows_of_a_day_go_to_its_folder_with_their_columns_and_bounds()
    {
        List<LossCounter> losses = [new("source", "ring_full", 17)];
        var sink = _capture.Open(change: options => options with { LossTotals = () => losses, LossInterval = TimeSpan.Zero });
        sink.Advance(1);
        sink.Advance(Sample.At(2026, 11, 22, 23));
        losses[0] = losses[0] with { Count = 18 };
        sink.Advance(Sample.At(2026, 11, 23, 0));
        sink.Close();

        Assert.Equal(
            [
                ["from", "TIMESTAMP"], ["to", "TIMESTAMP"], ["node", "VARCHAR"], ["stage", "VARCHAR"], ["reason", "VARCHAR"], ["count", "BIGINT"], ["cgroup_id", "BIGINT"],
                ["container_id", "VARCHAR"], ["pod_name", "VARCHAR"], ["pod_namespace", "VARCHAR"], ["container_name", "VARCHAR"], ["date", "DATE"],
            ],
            _capture.Query("DESCRIBE SELECT * FROM {loss}").Select(row => row[..2]));
        Assert.Equal([[2L, 2L]], _capture.Query("SELECT count(*), count(DISTINCT date) FROM {loss} WHERE \"to\"::DATE = date AND node = 'node-1'"));
        Assert.Empty(_capture.Query($"SELECT path_in_schema FROM parquet_metadata('{_capture.Path}/loss/**/*.parquet') WHERE coalesce(stats_null_count, 0) < num_values AND (stats_min_value IS NULL OR stats_max_value IS NULL)"));
    }

    private bool Noted(NetMon.Storage.CaptureSink sink, long watermark)
    {
        sink.Advance(watermark);
        var seen = Path.Combine(_capture.Hot, "node-1.seen");
        return File.Exists(seen) && File.ReadAllText(seen).Contains($"{watermark} running", StringComparison.Ordinal);
    }

    private List<object?[]> Rows() => _capture.Query(
        $"SELECT (epoch_us(\"from\") - {Sample.Hour19 / 1000}) // 1000000, (epoch_us(\"to\") - {Sample.Hour19 / 1000}) // 1000000, stage, reason, count FROM {{loss}} ORDER BY \"from\", stage");
}
