using NetMon.Events;
using NetMon.Foundation;
using NetMon.Storage;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>
/// Faults on storage's threads, in the program and around it: each costs only the affected rows, is counted, and does not stop the rest.
/// </summary>
public sealed class StorageFaultTests : IDisposable
{
    private const int Rows = 10_000;
    private readonly CaptureFolder _capture = new();
    private readonly SinkCounters _counters = new("parquet", [.. CaptureSink.LaterLosses]);
    private readonly Faults _faults = new();

    public void Dispose() => _capture.Dispose();

    [Theory]
    [InlineData("indexed")]
    [InlineData("rows")]
    [InlineData("written")]
    public void A_segment_that_fails_stays_until_the_next_start_and_does_not_block_others(string step)
    {
        var sink = Open(options => options with
        {
            SealStep = at =>
            {
                if (at == step && Directory.GetFiles(_capture.Hot, "*.arrows", SearchOption.AllDirectories).Any(file => file.Contains("hour=19", StringComparison.Ordinal)))
                {
                    throw new InvalidOperationException("a fault");
                }
            },
        });
        Write(sink, Sample.Hour19);
        Assert.Equal(0, _faults.Of("storage.seal").Count);
        sink.Advance(Sample.Hour19 + Sample.HourLong + 2 * Sample.Second);
        CaptureFolder.WaitFor(() => _faults.Of("storage.seal").Count > 0, "the fault to be counted");
        CaptureFolder.WaitFor(
            () => _capture.Reports.Any(line => line.Contains("InvalidOperationException: a fault", StringComparison.Ordinal) && line.Contains("please report it", StringComparison.Ordinal)),
            "the fault to be logged");
        sink.Close();
        Assert.NotEmpty(_capture.Segments);
        Assert.Empty(Directory.GetFiles(_capture.Path, "*.partial", SearchOption.AllDirectories));

        Open().Close();
        Assert.Equal([[(long)Rows]], _capture.Query("SELECT count(*) FROM {events}"));
    }

    [Fact]
    public void A_fault_in_an_hour_is_retried_and_stops_nothing()
    {
        var faults = 2;
        var sink = Open(options => options with { SealStep = at => _ = at == "hour written" && --faults >= 0 ? throw new InvalidOperationException("a fault") : 0 });
        Write(sink, Sample.Hour19);
        sink.Advance(Sample.Hour19 + Sample.HourLong + 2 * Sample.Second);
        CaptureFolder.WaitFor(() => _faults.Of("storage.seal").Count > 0, "the fault to be counted");
        Assert.NotNull(_faults.Of("storage.seal").Why);
        faults = 0;
        sink.Close();

        Assert.Null(_faults.Of("storage.seal").Why);
        Assert.Equal([[(long)Rows]], _capture.Query("SELECT count(*) FROM {events}"));
    }

    [Fact]
    public void A_seal_that_hangs_does_not_block_the_stop()
    {
        using var never = new ManualResetEventSlim();
        var sink = Open(options => options with { SealStep = _ => never.Wait(), StopPatience = TimeSpan.FromSeconds(2) });
        Write(sink, Sample.Hour19);
        sink.Close();
        Assert.Contains(_capture.Reports, line => line.Contains("gave up after 2 s without progress", StringComparison.Ordinal));
        Assert.Equal(Rows, _counters.Delivered);
        never.Set();
        _capture.WaitForSealed(1); // it resumes where it was, and finishes before its folder is removed
    }

    [Fact]
    public void Rows_truncated_from_a_segment_are_counted_exactly()
    {
        var sink = Open();
        Write(sink, Sample.Hour19);
        var segment = Assert.Single(_capture.Segments);
        using (var file = File.Open(segment, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            file.SetLength(file.Length * 2 / 3);
        }

        Write(sink, Sample.Hour19 + Sample.Second);
        sink.Close();
        Open().Close();

        var kept = (long)_capture.Query("SELECT count(*) FROM {events}")[0][0]!;
        var lost = _counters.LostLater.Sum(loss => loss.Count);
        Assert.Equal(2 * Rows, kept + lost);
        Assert.InRange(lost, 1, Rows);
        Assert.Equal([[(decimal)lost]], _capture.Query("SELECT sum(count)::DECIMAL(18, 0) FROM {loss} WHERE stage = 'parquet'").Select(row => new object?[] { Convert.ToDecimal(row[0], System.Globalization.CultureInfo.InvariantCulture) }));
    }

    [Fact]
    public void A_removed_segment_or_piece_is_counted_exactly()
    {
        var sink = Open(options => options with { RowGroupRows = 4096 });
        sink.Advance(1);
        Write(sink, Sample.Hour19);
        CaptureFolder.WaitFor(() => _capture.Pieces.Length > 0 && _capture.Segments.Length == 1, "pieces of the full segments");
        foreach (var file in _capture.Pieces.Concat(_capture.Segments))
        {
            File.Delete(file);
        }

        Write(sink, Sample.Hour19 + Sample.Second);
        sink.Close();
        Open().Close();

        var kept = (long)_capture.Query("SELECT count(*) FROM {events}")[0][0]!;
        Assert.Equal(Rows, kept);
        Assert.Equal(Rows, _counters.LostLater.Sum(loss => loss.Count));
        Assert.Equal(Rows, Convert.ToInt64(_capture.Query("SELECT sum(count)::BIGINT FROM {loss} WHERE stage = 'parquet' AND reason = 'removed'")[0][0], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Losses_that_do_not_fit_on_a_full_disk_are_written_by_the_next_run()
    {
        using var disk = new SmallFileSystem(_capture.Path, kibibytes: 4096);
        List<LossCounter> losses = [new("source", "ring_full", 0), new("json", "queue_full", 0)];
        CaptureSinkOptions Losing(CaptureSinkOptions options) => options with { LossTotals = () => losses, LossInterval = TimeSpan.Zero };
        var sink = Open(Losing);
        sink.Advance(1);
        sink.Advance(Sample.Hour19);
        var filler = Path.Combine(_capture.Path, "filler");
        Fill(filler);
        losses = [new("source", "ring_full", 7), new("json", "queue_full", 11)];
        sink.Advance(Sample.Hour19 + Sample.Second);
        sink.Close();
        Assert.Empty(Directory.GetFiles(_capture.Loss, "*.parquet", SearchOption.AllDirectories));

        Open().Close(); // finds no space either
        File.Delete(filler);
        Open().Close();
        Open().Close();
        Assert.Equal([["json", "queue_full", 11L], ["source", "ring_full", 7L]], _capture.Query("SELECT stage, reason, count FROM {loss} ORDER BY ALL"));
    }

    [Fact]
    public void Losses_of_other_outputs_during_the_stop_are_recorded_too()
    {
        List<LossCounter> losses = [new("json", "queue_full", 0)];
        var sink = Open(options => options with { LossTotals = () => losses, AwaitOthers = () => losses = [new("json", "queue_full", 9)] });
        sink.Advance(1);
        sink.Advance(Sample.Hour19);
        sink.Advance(Sample.Hour19 + Sample.Second);
        sink.Close();
        Assert.Equal([["queue_full", 9L]], _capture.Query("SELECT reason, count FROM {loss}"));
    }

    [Fact]
    public void Losses_have_the_time_of_the_corrected_clock()
    {
        List<LossCounter> losses = [new("source", "ring_full", 0)];
        var sink = Open(options => options with { LossTotals = () => losses, LossInterval = TimeSpan.Zero });
        sink.Advance(1);
        sink.Advance(Sample.Hour19);
        sink.Advance(Sample.Hour19 + 365 * 24 * Sample.HourLong);
        losses = [new("source", "ring_full", 3)];
        sink.Advance(Sample.Hour19 + 2 * Sample.Second);
        sink.Close();
        Assert.Equal([[3L, true]], _capture.Query("SELECT count, year(\"to\") = 2026 FROM {loss}"));
    }

    private CaptureSink Open(Func<CaptureSinkOptions, CaptureSinkOptions>? change = null) => _capture.Open(
        counters: _counters,
        change: options => (change ?? (same => same))(options with { DurableWithin = TimeSpan.Zero, RowGroupRows = 100_000, Faults = _faults }));

    private static void Write(CaptureSink sink, long from)
    {
        foreach (var rows in Enumerable.Range(0, Rows).Chunk(1000))
        {
            sink.Write([.. rows.Select(row => Sample.Accept(from + row))]);
            sink.Advance(from + rows[^1]);
        }
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }
}
