using NetMon.Events;
using NetMon.Native;
using NetMon.Storage;
using NetMon.Storage.Uploads;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>What retention removes when sealed files are archived.</summary>
public sealed class UploadGuardTests : IDisposable
{
    private static readonly UploadTarget Target = UploadTarget.Parse("s3://bucket/prefix");
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void Only_archived_hours_are_removed_and_the_backlog_is_logged_once()
    {
        var sink = Open();
        WriteHours(sink, 0, 4);
        CaptureFolder.WaitFor(() => _capture.Sealed.Length == 3 && sink.UploadBacklog.HeldHours == 3, "three hours, held");
        Assert.Equal(6, sink.UploadBacklog.Files); // including their roll-ups
        Assert.Single(_capture.Reports, line => line.Contains("kept beyond", StringComparison.Ordinal));
        Assert.True(sink.UploadBacklog.Bytes > 0);

        Mark(_capture.Sealed[1]);
        WriteHours(sink, 4, 1);
        CaptureFolder.WaitFor(() => _capture.Sealed.Length == 4 && sink.UploadBacklog.HeldHours == 4, "another hour; one is held for its roll-up");
        MarkRollup(_capture.Rollups[1]);
        Mark(_capture.Sealed[2], UploadTarget.Parse("s3://bucket/other"));
        var (first, third) = (_capture.Sealed[0], _capture.Sealed[2]);
        WriteHours(sink, 5, 1);
        CaptureFolder.WaitFor(() => _capture.Sealed.Length == 4 && _capture.Sealed[1] == third, "the hour that is in the bucket to go");
        Assert.Equal(first, _capture.Sealed[0]);
        Assert.Equal(2, Marks().Length); // of the hour that is archived elsewhere, and of the roll-up, which stays

        Array.ForEach(_capture.Sealed, file => Mark(file));
        Array.ForEach(_capture.Rollups, MarkRollup);
        WriteHours(sink, 6, 1);
        CaptureFolder.WaitFor(() => _capture.Sealed.Length == 1, "all hours that are in the bucket to go");
        sink.Close();
        Assert.All(Marks(), mark => Assert.Contains("/archived/rollup/", mark, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("12 s3://bucket/prefix abc key\n", 13)] // of another size
    [InlineData("13 s3://bucket/pre", 13)] // torn
    [InlineData("13 s3://bucket/prefix abc key", 13)] // torn
    [InlineData("13 s3://bucket/prefix-2 abc key\n", 13)] // elsewhere
    [InlineData("", 0)]
    public void A_mark_of_another_file_or_a_torn_mark_is_ignored(string mark, long bytes)
    {
        using var folder = new ContainedFolder(_capture.Path);
        UploadMark.Write(folder, "events/x.parquet", bytes, Target, "key", "abc");
        Assert.True(UploadMark.Is(folder, "events/x.parquet", bytes, Target));
        File.WriteAllText(Path.Combine(_capture.Path, "archived/events/x.parquet"), mark);
        Assert.False(UploadMark.Is(folder, "events/x.parquet", bytes, Target));
    }

    [Theory]
    [InlineData("s3://bucket", "bucket", "")]
    [InlineData("s3://bucket/", "bucket", "")]
    [InlineData("s3://my.bucket_1/a/b=c/", "my.bucket_1", "a/b=c")]
    public void A_target_is_a_bucket_and_a_prefix(string text, string bucket, string prefix)
    {
        var target = UploadTarget.Parse(text);
        Assert.Equal((bucket, prefix), (target.Bucket, target.Prefix));
        Assert.Equal(prefix.Length == 0 ? "events/x" : $"{prefix}/events/x", target.KeyOf("events/x"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bucket/prefix")]
    [InlineData("s3://")]
    [InlineData("s3:///prefix")]
    [InlineData("s3://user:secret@bucket")]
    [InlineData("s3://bucket/a//b")]
    [InlineData("s3://bucket/../b")]
    [InlineData("s3://bucket/a b")]
    public void An_invalid_target_is_refused(string text) => Assert.Throws<FormatException>(() => UploadTarget.Parse(text));

    private CaptureSink Open() => _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero, RetainFor = TimeSpan.FromHours(1), RetainBytes = 1, Archive = Target });

    private void Mark(string file, UploadTarget? target = null)
    {
        using var folder = new ContainedFolder(_capture.Path);
        UploadMark.Write(folder, $"events/{file}", new FileInfo(Path.Combine(_capture.Events, file)).Length, target ?? Target, "key", "abc");
    }

    private void MarkRollup(string file)
    {
        using var folder = new ContainedFolder(_capture.Path);
        UploadMark.Write(folder, $"rollup/{file}", new FileInfo(Path.Combine(_capture.Path, "rollup", file)).Length, Target, "key", "abc");
    }

    private string[] Marks() => [.. Directory.EnumerateFiles(Path.Combine(_capture.Path, "archived"), "*", SearchOption.AllDirectories)];

    private static void WriteHours(CaptureSink sink, int first, int count)
    {
        for (var hour = first; hour < first + count; hour++)
        {
            var start = Sample.Hour19 + hour * Sample.HourLong;
            sink.Write([Sample.Accept(start)]);
            sink.Advance(start + 2 * Sample.Second);
        }
    }
}
