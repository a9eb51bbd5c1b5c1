using NetMon.Parquet.Reading;
using NetMon.Query;
using NetMon.Storage;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

public sealed class SnapshotTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void A_directory_that_is_not_a_capture_is_refused_by_name()
    {
        var folder = Directory.CreateTempSubdirectory("netmon-no-capture-").FullName;
        Assert.Contains($"{folder} has no events/", Assert.Throws<QueryException>(() => Snapshot.Take(folder, QueriedCapture.Everything, new Dictionary<string, string>())).Message, StringComparison.Ordinal);
        Directory.Delete(folder);
        Assert.Contains($"no such directory: {folder}", Assert.Throws<QueryException>(() => Snapshot.Take(folder, QueriedCapture.Everything, new Dictionary<string, string>())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_without_events_has_none()
    {
        _capture.Open().Close();
        using var snapshot = _capture.Snapshot();
        Assert.Equal("0", snapshot.Count());
    }

    [Fact]
    public void A_snapshot_has_sealed_hours_and_the_current_one()
    {
        var sink = _capture.Open();
        sink.Write([Sample.Accept(Sample.Hour19), Sample.Accept(Sample.Hour19 + 1)]);
        sink.Close();
        WriteSegment(Sample.Hour19 + Sample.HourLong);
        using var snapshot = _capture.Snapshot();
        Assert.Equal((1, 1, "3"), (snapshot.Events.Count, snapshot.Segments.Count, snapshot.Count()));
        Assert.Equal("node,n\nnode-1,3\n", snapshot.Print("SELECT node, count(*) AS n FROM events GROUP BY ALL"));
    }

    [Fact]
    public void Each_row_counts_once_if_a_crash_left_the_sealed_file_and_its_pieces()
    {
        var segment = WriteSegment(Sample.Hour19);
        _capture.Open().Close();
        var sealedFile = Path.Combine(_capture.Events, Assert.Single(_capture.Sealed));
        Directory.CreateDirectory(Path.GetDirectoryName(segment)!);
        using (var parquet = ParquetFile.Open(File.OpenHandle(sealedFile)))
        {
            var names = parquet.Metadata["netmon.segments"].Split(',').Where(CapturePaths.IsSealed).ToList();
            Assert.NotEmpty(names);
            names.ForEach(name => File.Copy(sealedFile, Path.Combine(Path.GetDirectoryName(segment)!, name)));
        }

        var other = WriteSegment(Sample.Hour19 + Sample.Second); // of the same hour, but not in the sealed file
        using var snapshot = _capture.Snapshot();
        Assert.Equal([other], snapshot.Segments.Select(file => file.Path));
        Assert.Equal("2", snapshot.Count());
    }

    [Fact]
    public void Files_removed_after_the_snapshot_are_still_read()
    {
        WriteSegment(Sample.Hour19);
        using var snapshot = _capture.Snapshot();
        _capture.Open().Close();
        Assert.Empty(_capture.Segments);
        Assert.Equal("1", snapshot.Count());
        using var later = _capture.Snapshot();
        Assert.Equal((1, 0, "1"), (later.Events.Count, later.Segments.Count, later.Count()));
    }

    [Fact]
    public void Rows_appended_after_the_snapshot_are_not_in_it()
    {
        var sink = _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
        sink.Write([Sample.Accept(Sample.Hour19)]);
        using var before = _capture.Snapshot();
        sink.Write([Sample.Accept(Sample.Hour19 + 1)]);
        using var after = _capture.Snapshot();
        Assert.Equal(("1", "2"), (before.Count(), after.Count()));
        sink.Close();
    }

    [Fact]
    public void Symbolic_links_are_not_followed_and_other_files_not_read()
    {
        var segment = WriteSegment(Sample.Hour19);
        File.CreateSymbolicLink(segment.Replace(".arrows", "-2.arrows", StringComparison.Ordinal), segment);
        Directory.CreateSymbolicLink(Path.Combine(_capture.Hot, "date=2026-11-23"), Path.GetDirectoryName(Path.GetDirectoryName(segment)!)!);
        File.WriteAllText(segment + ".txt", "no segment");
        using var snapshot = _capture.Snapshot();
        Assert.Equal([segment], snapshot.Segments.Select(file => file.Path));
        Assert.Equal(2, snapshot.LeftOut.Count);
        Assert.All(snapshot.LeftOut, file => Assert.Contains("symbolic link", file.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("events/date=2026-11-22/hour=19/empty.parquet", "", "claims to have|too short|it has 0 bytes")]
    [InlineData("events/date=2026-11-22/hour=19/garbage.parquet", "PAR1 and no more of it", "does not begin and end")]
    [InlineData("events/date=2026-11-22/high.parquet", "x", "not in the folder of an hour")]
    [InlineData("events/high.parquet", "x", "not in the folder of a date")]
    [InlineData("events/date=yesterday/hour=19/n.parquet", "x", "not in the folder of a date")]
    [InlineData("events/date=2026-11-22/hour=25/n.parquet", "x", "not in the folder of an hour")]
    [InlineData("hot/date=2026-11-22/hour=19/n.1-1.parquet", "x", "too short")]
    [InlineData("rollup/date=2026-11-22/hour=19/node-1.parquet", "nothing of the kind", "does not begin and end")]
    [InlineData("loss/date=2026-11-22/n.parquet", "nothing of the kind", "does not begin and end")]
    public void Unreadable_files_are_left_out_and_reported_and_the_rest_is_answered(string name, string content, string why)
    {
        WriteSegment(Sample.Hour19);
        _capture.Open().Close();
        var path = Path.Combine(_capture.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        using var snapshot = _capture.Snapshot();
        var left = Assert.Single(snapshot.LeftOut);
        Assert.StartsWith(left.Path, path, StringComparison.Ordinal);
        Assert.Matches(why, left.Reason);
        Assert.Equal("1", snapshot.Count());
    }

    [Fact]
    public void A_FIFO_is_not_opened()
    {
        var segment = WriteSegment(Sample.Hour19);
        foreach (var name in (string[])["fifo.parquet", "n.1-9.arrows", "n.1-9.loss"])
        {
            using var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(Path.GetDirectoryName(segment)!, name));
            made.WaitForExit();
        }

        using var snapshot = _capture.Snapshot();
        Assert.Equal("1", snapshot.Count());
        Assert.Equal(["it is a FIFO"], snapshot.LeftOut.Select(file => file.Reason).Distinct());
        Assert.Equal(3, snapshot.LeftOut.Count);
    }

    [Fact]
    public void Files_of_other_hours_and_nodes_are_not_opened()
    {
        foreach (var node in (string[])["node-1", "node-2", "node-1-1"])
        {
            var sink = _capture.Open(node);
            sink.Write([Sample.Accept(Sample.Hour19), Sample.Accept(Sample.Hour19 + Sample.HourLong)]);
            sink.Close();
        }

        var log = new List<string>();
        File.WriteAllText(Directory.GetFiles(_capture.Events, "node-2.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First(), "damaged");
        Assert.Equal("n\n3\n", Ask("timestamp >= '2026-11-22 20:00:00'"));
        Assert.Equal("n\n3\n", Ask("date = '2026-11-22' AND hour >= 20"));
        Assert.Equal("n\n2\n", Ask("node = 'node-1'"));
        Assert.Empty(log);
        Assert.Equal("n\n5\n", Ask("true"));
        Assert.Contains("node-2.parquet is left out", Assert.Single(log), StringComparison.Ordinal);

        string Ask(string condition) => _capture.Print($"SELECT count(*) AS n FROM events WHERE {condition}", OutputFormat.Csv, log: log);
    }

    [Fact]
    public void Rows_of_pieces_and_segments_count_once_even_if_a_crash_left_both()
    {
        var sink = _capture.Open(change: options => options with { RowGroupRows = 100, DurableWithin = TimeSpan.Zero });
        var kept = new Dictionary<string, byte[]>();
        for (var batch = 0; batch < 4; batch++)
        {
            sink.Write([.. Enumerable.Range(0, 60).Select(row => Sample.Accept(Sample.Hour19 + batch * Sample.Second + row))]);
            foreach (var segment in _capture.Segments)
            {
                kept[segment] = File.ReadAllBytes(segment);
            }
        }

        CaptureFolder.WaitFor(() => _capture.Pieces.Length > 0, "a piece");
        sink.Abandon();
        foreach (var (segment, bytes) in kept.Where(file => !File.Exists(file.Key)))
        {
            File.WriteAllBytes(segment, bytes); // as if the crash came before its removal
        }

        using var snapshot = _capture.Snapshot();
        Assert.NotEmpty(snapshot.Events);
        Assert.NotEmpty(snapshot.Segments);
        Assert.Equal("480,480,480,480\n", snapshot.Print(
            "SELECT count(process), count(src_ip) FILTER (netns > 0), count(timestamp) FILTER (type = 'ACCEPT'), count(dst_port) FROM (FROM events UNION ALL FROM events)").Split('\n', 2)[1]);
        Assert.Equal("240", snapshot.Count());
        Assert.Equal("node,events\nnode-1,240\n", snapshot.Print("SELECT node, sum(events)::BIGINT AS events FROM kept GROUP BY ALL"));
    }

    /// <summary>Writes a segment with one row, as a killed agent leaves it; returns its path.</summary>
    private string WriteSegment(long at)
    {
        var before = _capture.Segments;
        var sink = _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
        sink.Write([Sample.Accept(at)]);
        sink.Abandon();
        return Assert.Single(_capture.Segments.Except(before));
    }
}
