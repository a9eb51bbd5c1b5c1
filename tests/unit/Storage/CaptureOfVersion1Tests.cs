using System.Globalization;
using NetMon.Events;
using NetMon.Query;
using NetMon.Storage.Hot;
using NetMon.UnitTests.Pipeline;
using NetMon.UnitTests.Query;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>Files that agent 0.1 left in a capture directory are read and sealed, together with those of this version.</summary>
public sealed class CaptureOfVersion1Tests : IDisposable
{
    private const string Hour = "date=2026-11-26/hour=12";
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void A_segment_has_the_events_of_its_lines()
    {
        using var reader = HotSegmentReader.Open(Version1.Segment);
        List<string> lines = [];
        while (reader.TryRead())
        {
            lines.AddRange(Enumerable.Range(0, reader.Batch.Rows).Select(row => JsonLines.Text(HotRow.Restore(reader.Batch, row)).TrimEnd('\n')));
        }

        Assert.Equal("node-1", reader.Node);
        Assert.False(reader.IsOtherVersion);
        Assert.Equal(Version1.LinesOfSegment, lines);
    }

    [Fact]
    public void After_an_upgrade_an_old_segment_is_queried_and_sealed_with_all_rows()
    {
        const string question =
            "SELECT count(*) AS n, sum(latency_us) AS latency, sum(duration_us) AS duration, sum(bytes_sent) AS sent, count(connection_id) AS ids, count(delta_sent) AS deltas, "
            + "count(DISTINCT container_id) AS containers, count(DISTINCT pod_uid) AS pods, min(timestamp) AS first FROM events";
        Place(Version1.Segment, $"{_capture.Hot}/{Hour}/node-1.9ca5b77dadfd4b03-000001.arrows");
        var hot = _capture.Print(question, OutputFormat.Csv);

        _capture.Open().Close();

        Assert.Empty(_capture.Segments);
        Assert.Equal([$"{Hour}/node-1.parquet"], _capture.Sealed);
        Assert.Equal(hot, _capture.Print(question, OutputFormat.Csv));
        Assert.StartsWith("29,", hot.Split('\n')[1], StringComparison.Ordinal);
        Assert.Contains(",0,0,3,3,2026-11-26 12:", hot, StringComparison.Ordinal);
        Assert.Equal("2", SchemaVersionOf($"{_capture.Events}/{Hour}/node-1.parquet"));
        Assert.DoesNotContain(_capture.Reports, report => report.Contains("another version", StringComparison.Ordinal));
    }

    [Fact]
    public void Sealed_files_of_both_schemas_are_one_table()
    {
        WriteBoth();

        var events = $"read_parquet('{_capture.Events}/**/*.parquet', hive_partitioning = true, union_by_name = true)";
        var rows = DuckDb.Query(
            $"SELECT netns, count(*), count(connection_id), count(older), sum(bytes_sent)::BIGINT, max(uid), max(cgroup_id) FROM {events} WHERE netns >= 4026532000 GROUP BY netns ORDER BY netns");
        Assert.Equal(["1", "2"], (string[])[SchemaVersionOf(Version1.SealedFile), SchemaVersionOf($"{_capture.Events}/date=2026-11-22/hour=19/node-1.parquet")]);
        Assert.Equal(40, rows.Where(row => Convert.ToInt64(row[0], CultureInfo.InvariantCulture) != 4026532508).Sum(row => (long)row[1]!));
        var current = Assert.Single(rows, row => Convert.ToInt64(row[0], CultureInfo.InvariantCulture) == 4026532508);
        Assert.Equal([3L, 3L, 1L], current[1..4]);
        Assert.Equal(
            DuckDb.Query($"SELECT count(*) FROM '{Version1.SealedFile}' WHERE pid = 2000"),
            DuckDb.Query($"SELECT count(*) FROM {events} WHERE pid = 2000"));
    }

    [Theory]
    [InlineData("connections")]
    [InlineData("talkers")]
    [InlineData("failures")]
    [InlineData("new_destinations")]
    [InlineData("edges")]
    [InlineData("completeness")]
    public void Every_view_answers_over_both_schemas(string view)
    {
        WriteBoth();

        Assert.NotEmpty(_capture.Print($"SELECT * FROM {view}", OutputFormat.Csv));
    }

    private static string SchemaVersionOf(string path) =>
        (string)DuckDb.Query($"SELECT decode(value) FROM parquet_kv_metadata('{path}') WHERE decode(key) = 'netmon.schema_version'")[0][0]!;

    private void WriteBoth()
    {
        Place(Version1.SealedFile, $"{_capture.Events}/{Hour}/node-1.parquet");
        var older = Sample.Close(Sample.Hour19 + 2);
        older.Record.Flags = RecordFlags.Older;
        older.Record.BytesSent = 4242;
        var sink = _capture.Open();
        sink.Write([Sample.Accept(Sample.Hour19), Sample.Connect(Sample.Hour19 + 1), older]);
        sink.Close();
    }

    private static void Place(string fixture, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(fixture, path);
    }
}
