using System.Security.Cryptography;
using NetMon.Events;
using NetMon.Storage;
using Xunit;

namespace NetMon.UnitTests.Storage;

public sealed class ParquetFailureTests : IDisposable
{
    private const int GroupRows = 2000;

    private readonly CaptureFolder _capture = new();
    private readonly SinkCounters _counters = new();
    private long _time = Sample.Hour19;

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void A_full_disk_costs_counted_rows_and_what_was_written_before_survives()
    {
        using var disk = new SmallFileSystem(_capture.Path, kibibytes: 512);
        var sink = Open();
        var offered = WriteGroups(sink, 40);

        Assert.InRange(_counters.Failed, GroupRows, offered - GroupRows);
        Assert.Equal(0, _counters.Delivered);
        Assert.Contains("No space left", Assert.Single(_capture.Reports), StringComparison.Ordinal);

        disk.Resize(16_384);
        offered += WriteGroups(sink, 5);
        sink.Close();

        Assert.Equal(offered, _counters.Delivered + _counters.Failed);
        Assert.Equal([[_counters.Delivered]], _capture.Query("SELECT count(*) FROM {events}"));
        Assert.Contains("works again", _capture.Reports[1], StringComparison.Ordinal);
        Assert.Single(_capture.Sealed);
    }

    [Fact]
    public void A_disk_that_stays_full_fails_every_row_that_is_not_sealed()
    {
        using var disk = new SmallFileSystem(_capture.Path, kibibytes: 512);
        var sink = Open();
        var offered = WriteGroups(sink, 40);
        sink.Close();

        Assert.Equal(offered, _counters.Failed);
        Assert.Equal(0, _counters.Delivered);
        Assert.Empty(_capture.Sealed);
        Assert.Empty(_capture.Partials);
    }

    [Fact]
    public void A_seal_that_is_refused_is_tried_again()
    {
        using var disk = new SmallFileSystem(_capture.Path, kibibytes: 4096);
        var sink = Open();
        sink.Write([Sample.Accept(Sample.Hour19)]);
        disk.Remount("ro");
        sink.Advance(Sample.Hour19 + 2 * Sample.HourLong);

        Assert.Equal(0, _counters.Delivered + _counters.Failed);
        Assert.Contains("Read-only", Assert.Single(_capture.Reports), StringComparison.Ordinal);

        disk.Remount("rw");
        var sealedAgain = SpinWait.SpinUntil(
            () =>
            {
                sink.Advance(Sample.Hour19 + 2 * Sample.HourLong);
                return _counters.Delivered == 1;
            },
            TimeSpan.FromSeconds(10));

        Assert.True(sealedAgain, "the seal was not tried again");
        sink.Close();
        Assert.Equal([[1L]], _capture.Query("SELECT count(*) FROM {events}"));
    }

    [Fact]
    public void A_folder_that_is_removed_costs_what_was_in_it_and_is_made_again()
    {
        var sink = Open();
        var before = WriteGroups(sink, 2);
        Directory.Delete(_capture.Path, recursive: true);
        var after = WriteGroups(sink, 3);
        sink.Close();

        Assert.Equal(before + after, _counters.Delivered + _counters.Failed);
        Assert.Equal(before + GroupRows, _counters.Failed);
        Assert.Equal([[_counters.Delivered]], _capture.Query("SELECT count(*) FROM {events}"));
        Assert.Contains("gone", _capture.Reports[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_taken_by_a_file_loses_rows_until_it_is_free()
    {
        var sink = Open();
        Directory.Delete(_capture.Path, recursive: true);
        File.WriteAllText(_capture.Path, "");
        var offered = WriteGroups(sink, 3);

        Assert.Equal(offered, _counters.Failed);
        Assert.Single(_capture.Reports);

        File.Delete(_capture.Path);
        WriteGroups(sink, 1);
        sink.Close();

        Assert.Equal(GroupRows, _counters.Delivered);
        Assert.Equal(offered, _counters.Failed);
    }

    private ParquetSink Open() => _capture.Open(rowGroupRows: GroupRows, counters: _counters);

    /// <summary>Row groups that do not compress: addresses at random. Returns their rows.</summary>
    private long WriteGroups(ParquetSink sink, int groups)
    {
        var events = new ConnectionEvent[GroupRows];
        for (var group = 0; group < groups; group++)
        {
            for (var row = 0; row < events.Length; row++)
            {
                events[row] = Sample.Accept(_time += 1000);
                events[row].Record.SourceAddress = Sample.Bytes(RandomNumberGenerator.GetBytes(16));
            }

            sink.Write(events);
            sink.Advance(_time);
        }

        return (long)groups * GroupRows;
    }
}
