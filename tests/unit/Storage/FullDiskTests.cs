using System.Security.Cryptography;
using NetMon.Events;
using NetMon.Storage;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>A disk that is full or gone, at each stage of an event.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int BatchRows = 4096;
    private readonly CaptureFolder _capture = new();
    private readonly SinkCounters _counters = new("parquet");
    private long _time = Sample.Hour19;

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void On_a_hot_append_it_costs_counted_rows_and_earlier_rows_survive()
    {
        using var disk = new SmallFileSystem(_capture.Path, kibibytes: 4096);
        var sink = Open();
        var offered = WriteBatches(sink, 12);

        Assert.InRange(_counters.Delivered, 5 * BatchRows, 8 * BatchRows);
        Assert.Equal(offered, _counters.Delivered + _counters.Failed);
        Assert.Contains("No space left", Assert.Single(_capture.Reports), StringComparison.Ordinal);

        disk.Resize(65_536);
        CaptureFolder.WaitFor(() => WriteUntilDelivered(sink, ref offered), "rows to be written again");
        sink.Close();

        Assert.Equal(offered, _counters.Delivered + _counters.Failed);
        Assert.Equal([[_counters.Delivered]], _capture.Query("SELECT count(*) FROM {events}"));
        Assert.Contains("works again", _capture.Reports[1], StringComparison.Ordinal);
        Assert.Single(_capture.Sealed);
    }

    [Fact]
    public void On_a_seal_the_segments_stay_and_the_seal_is_retried()
    {
        using var disk = new SmallFileSystem(_capture.Path, kibibytes: 16_384);
        var sink = Open();
        var offered = WriteBatches(sink, 8);
        var filler = Path.Combine(_capture.Path, "filler");
        Fill(filler);
        sink.Advance(Sample.Hour19 + 2 * Sample.HourLong);
        CaptureFolder.WaitFor(() => _capture.Reports.Count > 0, "the failure to be told");

        Assert.Contains("stay in hot/", _capture.Reports[0], StringComparison.Ordinal);
        Assert.Empty(_capture.Sealed);
        Assert.Empty(Directory.GetFiles(_capture.Path, "*.partial", SearchOption.AllDirectories));
        Assert.NotEmpty(_capture.Segments);

        File.Delete(filler);
        sink.Close();
        Assert.Equal([[offered]], _capture.Query("SELECT count(*) FROM {events}"));
        Assert.Empty(_capture.Segments);
    }

    [Fact]
    public void On_a_write_of_losses_they_wait_in_memory()
    {
        using var disk = new SmallFileSystem(_capture.Path, kibibytes: 4096);
        List<LossCounter> losses = [new("source", "ring_full", 0)];
        var sink = _capture.Open(change: options => options with { LossTotals = () => losses, LossInterval = TimeSpan.Zero });
        sink.Advance(1);
        sink.Advance(Sample.Hour19);
        var filler = Path.Combine(_capture.Path, "filler");
        Fill(filler);
        losses[0] = losses[0] with { Count = 7 };
        sink.Advance(Sample.Hour19 + Sample.Second);
        Assert.Contains("No space left", _capture.Reports[0], StringComparison.Ordinal);
        losses[0] = losses[0] with { Count = 9 };
        sink.Advance(Sample.Hour19 + 2 * Sample.Second);

        File.Delete(filler);
        sink.Close();
        Assert.Equal([[7L], [2L]], _capture.Query("SELECT count FROM {loss} ORDER BY \"from\""));
    }

    [Fact]
    public void A_removed_folder_costs_its_contents_and_is_created_again()
    {
        var sink = Open();
        WriteBatches(sink, 2);
        CaptureFolder.WaitFor(TryRemove, "the folder to be removed while the sink writes into it");
        var after = WriteBatches(sink, 3);
        sink.Close();

        Assert.Equal([[after]], _capture.Query("SELECT count(*) FROM {events}"));
        Assert.True(_capture.Reports.Any(line => line.Contains("was removed or truncated", StringComparison.Ordinal)), string.Join("\n", _capture.Reports));
    }

    private bool TryRemove()
    {
        try
        {
            Directory.Delete(_capture.Path, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false; // a file appeared between the check and the removal
        }
    }

    private bool WriteUntilDelivered(CaptureSink sink, ref long offered)
    {
        var before = _counters.Delivered;
        offered += WriteBatches(sink, 1);
        return _counters.Delivered > before;
    }

    private CaptureSink Open() => _capture.Open(counters: _counters, change: options => options with { DurableWithin = TimeSpan.FromMilliseconds(2), RowGroupRows = 100_000 });

    /// <summary>Writes whole batches that do not compress: random addresses. Returns their rows.</summary>
    private long WriteBatches(CaptureSink sink, int batches)
    {
        var events = new ConnectionEvent[BatchRows];
        for (var batch = 0; batch < batches; batch++)
        {
            for (var row = 0; row < events.Length; row++)
            {
                events[row] = Sample.Accept(_time += 1000);
                events[row].Record.SourceAddress = Sample.Bytes(RandomNumberGenerator.GetBytes(16));
            }

            sink.Write(events);
            sink.Advance(_time);
        }

        return (long)batches * BatchRows;
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path);
        var chunk = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(chunk);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }
}
