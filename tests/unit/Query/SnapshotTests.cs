using NetMon.Query;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

public sealed class SnapshotTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void What_is_no_capture_directory_is_refused_and_named()
    {
        var folder = Directory.CreateTempSubdirectory("netmon-no-capture-").FullName;
        Assert.Contains($"{folder} has no events/", Assert.Throws<QueryException>(() => Snapshot.Take(folder)).Message, StringComparison.Ordinal);
        Directory.Delete(folder);
        Assert.Contains($"there is no directory {folder}", Assert.Throws<QueryException>(() => Snapshot.Take(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_without_events_has_none()
    {
        _capture.Open().Close();
        using var snapshot = Snapshot.Take(_capture.Path);
        Assert.Equal("0", snapshot.Count());
    }

    [Fact]
    public void Sealed_hours_and_the_current_one_are_there()
    {
        var sink = _capture.Open();
        sink.Write([Sample.Accept(Sample.Hour19), Sample.Accept(Sample.Hour19 + 1)]);
        sink.Close();
        WriteSegment(Sample.Hour19 + Sample.HourLong);
        using var snapshot = Snapshot.Take(_capture.Path);
        Assert.Equal((1, 1, "3"), (snapshot.SealedEvents.Count, snapshot.Segments.Count, snapshot.Count()));
        Assert.Equal("node,n\nnode-1,3\n", snapshot.Print("SELECT node, count(*) AS n FROM events GROUP BY ALL", OutputFormat.Csv));
    }

    [Fact]
    public void After_a_crash_that_left_both_the_sealed_file_and_its_segment_each_row_is_there_once()
    {
        var segment = WriteSegment(Sample.Hour19);
        var bytes = File.ReadAllBytes(segment);
        _capture.Open().Close();
        Assert.False(File.Exists(segment));
        Directory.CreateDirectory(Path.GetDirectoryName(segment)!);
        File.WriteAllBytes(segment, bytes);
        var other = WriteSegment(Sample.Hour19 + Sample.Second); // of the same hour, and not in the sealed file
        using var snapshot = Snapshot.Take(_capture.Path);
        Assert.Equal([other], snapshot.Segments.Select(file => file.Path));
        Assert.Equal("2", snapshot.Count());
    }

    [Fact]
    public void What_is_removed_after_the_snapshot_was_taken_is_still_read()
    {
        WriteSegment(Sample.Hour19);
        using var snapshot = Snapshot.Take(_capture.Path);
        _capture.Open().Close();
        Assert.Empty(_capture.Segments);
        Assert.Equal("1", snapshot.Count());
        using var later = Snapshot.Take(_capture.Path);
        Assert.Equal((1, 0, "1"), (later.SealedEvents.Count, later.Segments.Count, later.Count()));
    }

    [Fact]
    public void Rows_that_are_appended_after_the_snapshot_are_not_in_it()
    {
        var sink = _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
        sink.Write([Sample.Accept(Sample.Hour19)]);
        using var before = Snapshot.Take(_capture.Path);
        sink.Write([Sample.Accept(Sample.Hour19 + 1)]);
        using var after = Snapshot.Take(_capture.Path);
        Assert.Equal(("1", "2"), (before.Count(), after.Count()));
        sink.Close();
    }

    [Fact]
    public void Links_are_not_followed_and_other_files_not_read()
    {
        var segment = WriteSegment(Sample.Hour19);
        File.CreateSymbolicLink(segment.Replace(".arrows", "-2.arrows", StringComparison.Ordinal), segment);
        Directory.CreateSymbolicLink(Path.Combine(_capture.Hot, "date=2026-11-23"), Path.GetDirectoryName(Path.GetDirectoryName(segment)!)!);
        File.WriteAllText(segment + ".txt", "no segment");
        using var snapshot = Snapshot.Take(_capture.Path);
        Assert.Equal([segment], snapshot.Segments.Select(file => file.Path));
    }

    /// <summary>A segment with one row, as a killed agent leaves it; its path.</summary>
    private string WriteSegment(long at)
    {
        var before = _capture.Segments;
        var sink = _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
        sink.Write([Sample.Accept(at)]);
        sink.Abandon();
        return Assert.Single(_capture.Segments.Except(before));
    }
}
