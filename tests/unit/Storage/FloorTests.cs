using System.Security.Cryptography;
using NetMon.Events;
using NetMon.Storage;
using NetMon.Storage.Uploads;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>A disk with less free space than --keep-free: what is removed, and what stays.</summary>
public sealed class FloorTests : IDisposable
{
    private const int FileBytes = 4 << 20;
    private readonly CaptureFolder _capture = new();
    private readonly SinkCounters _counters = new("parquet");
    private long _offered;

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void The_oldest_hours_are_removed_and_storage_continues()
    {
        using var disk = new SmallFileSystem(_capture.Path, kibibytes: 48 << 10);
        for (var hour = 0; hour < 8; hour++)
        {
            Put($"events/date=2026-11-22/hour={hour:D2}/node-1.parquet");
        }

        var sink = Open(24 << 20);
        CaptureFolder.WaitFor(() => !Pauses(sink), "room to be made"); // 16 MiB are free, the target is 27
        Assert.Equal(["hour=03", "hour=04", "hour=05", "hour=06", "hour=07"], _capture.Sealed.Select(file => file.Split('/')[1]));
        Assert.Equal((3, 3L * FileBytes), (sink.Removals.Files(RemovalReason.KeepFree), sink.Removals.Bytes(RemovalReason.KeepFree)));
        Assert.Contains(_capture.Reports, line => line.StartsWith($"removed 3 hours, 2026-11-22T00 to 2026-11-22T02 ({3 * FileBytes} bytes): ", StringComparison.Ordinal) && line.Contains("--keep-free", StringComparison.Ordinal));
        sink.Close();
        Assert.Equal(_offered, _counters.Delivered + _counters.Failed);
    }

    [Fact]
    public void Without_a_past_hour_the_oldest_pieces_are_removed()
    {
        using var disk = new SmallFileSystem(_capture.Path, kibibytes: 48 << 10);
        for (var piece = 1; piece <= 8; piece++)
        {
            Put($"hot/date=2026-11-22/hour=19/node-1.0011223344556677-{piece:D6}.parquet");
        }

        var sink = Open(24 << 20);
        CaptureFolder.WaitFor(() => !Pauses(sink), "room to be made");
        Assert.Equal(5, _capture.Pieces.Count(piece => piece.Contains("0011223344556677", StringComparison.Ordinal)));
        Assert.Equal(3, sink.Removals.Files(RemovalReason.KeepFree));
        Assert.Contains(_capture.Reports, line => line.Contains("removed the 3 oldest pieces", StringComparison.Ordinal));
        sink.Close();
    }

    [Fact]
    public void Files_that_are_not_archived_stay_and_storage_pauses()
    {
        using var disk = new SmallFileSystem(_capture.Path, kibibytes: 48 << 10);
        for (var hour = 0; hour < 8; hour++)
        {
            Put($"events/date=2026-11-22/hour={hour:D2}/node-1.parquet");
        }

        var sink = Open(24 << 20, options => options with { Archive = UploadTarget.Parse("s3://bucket") });
        CaptureFolder.WaitFor(() => Pauses(sink) && sink.UploadBacklog.HeldHours == 8, "all hours to be held");
        Assert.Equal(8, _capture.Sealed.Length);
        File.Delete(Path.Combine(_capture.Events, _capture.Sealed[0]));
        Directory.Delete(Path.Combine(_capture.Events, "date=2026-11-22"), recursive: true);
        CaptureFolder.WaitFor(() => !Pauses(sink), "storage to go on");
        sink.Close();
        Assert.Equal(_offered, _counters.Delivered + _counters.Failed);
    }

    [Fact]
    public void An_hour_without_room_for_one_file_is_sealed_into_several()
    {
        using var disk = new SmallFileSystem(_capture.Path, kibibytes: 16 << 10);
        var sink = Open(8 << 20, options => options with { DurableWithin = TimeSpan.Zero, RowGroupRows = 4096, Archive = UploadTarget.Parse("s3://bucket") });
        var events = new ConnectionEvent[4096];
        for (var batch = 0; batch < 4; batch++)
        {
            for (var row = 0; row < events.Length; row++)
            {
                events[row] = Sample.Accept(Sample.Hour19 + 4096 * batch + row);
                events[row].Record.SourceAddress = Sample.Bytes(RandomNumberGenerator.GetBytes(16));
            }

            sink.Write(events);
            _offered += events.Length;
        }

        CaptureFolder.WaitFor(() => _capture.Pieces.Length > 0 && _capture.Segments.Length == 1, "pieces of the full segments");
        var free = new DriveInfo(_capture.Path).AvailableFreeSpace;
        File.WriteAllBytes(Path.Combine(_capture.Path, "filler"), new byte[free - (5 << 20)]); // more than a quarter below the floor
        sink.Advance(Sample.Hour19 + 2 * Sample.HourLong);
        CaptureFolder.WaitFor(() => _capture.Segments.Length + _capture.Pieces.Length == 0, "the hour to be sealed");
        sink.Close();

        Assert.True(_capture.Sealed.Length > 1, string.Join(", ", _capture.Sealed));
        Assert.Equal([[_offered]], _capture.Query("SELECT count(*) FROM {events}"));
        Assert.Equal(_capture.Sealed, _capture.Rollups);
        Assert.Contains(_capture.Reports, line => line.Contains("no space to merge them into one", StringComparison.Ordinal));
    }

    private CaptureSink Open(long floor, Func<CaptureSinkOptions, CaptureSinkOptions>? change = null) => _capture.Open(
        counters: _counters,
        change: options => (change ?? (same => same))(options with { KeepFree = new FreeDisk(floor, null) }));

    private bool Pauses(CaptureSink sink)
    {
        var before = _counters.Paused;
        sink.Write([Sample.Accept(Sample.Hour19 + ++_offered)]);
        sink.Advance(Sample.Hour19 + _offered);
        return _counters.Paused > before;
    }

    private void Put(string path)
    {
        path = Path.Combine(_capture.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new byte[FileBytes]);
    }
}
