using NetMon.Query.Follow;
using NetMon.Storage;
using NetMon.UnitTests.Storage;
using Xunit;
using static NetMon.UnitTests.Query.Follow.FollowedCapture;

namespace NetMon.UnitTests.Query.Follow;

/// <summary>Returns each row of a capture once, whatever happens to its segment in the meantime.</summary>
public sealed class CaptureFollowerTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void Rows_are_returned_once_in_order_while_segments_become_pieces_and_a_sealed_hour()
    {
        const int batches = 40;
        const int rows = 3000; // a segment has three batches
        var sink = Open();
        using var followed = FromNow(_capture.Path);
        for (var batch = 0; batch < batches; batch++)
        {
            Write(sink, Numbered(batch * rows, rows, Sample.Hour19));
            followed.Read();
        }

        followed.ReadUntil(batches * rows);
        sink.Advance(Sample.Hour19 + Sample.HourLong + 10 * Sample.Second);
        _capture.WaitForSealed(1);
        sink.Close();
        followed.Read();

        Assert.Equal(Enumerable.Range(0, batches * rows).Select(n => (long)n), followed.Numbers);
        Assert.Empty(followed.Log);
    }

    [Fact]
    public void The_end_of_an_hour_loses_and_duplicates_nothing()
    {
        var sink = Open();
        using var followed = FromNow(_capture.Path);
        Write(sink, Numbered(0, 10, Sample.Hour19));
        followed.ReadUntil(10);

        // Rows of both hours at once, then the first hour is sealed.
        sink.Write([Numbered(10, Sample.Hour19), Numbered(11, Sample.Hour19 + Sample.HourLong)]);
        sink.Advance(Sample.Hour19 + Sample.HourLong + 10 * Sample.Second);
        _capture.WaitForSealed(1, segmentsLeft: 1);
        Write(sink, Numbered(12, 10, Sample.Hour19 + Sample.HourLong));
        followed.ReadUntil(22);
        sink.Close();
        followed.Read();

        Assert.Equal(Enumerable.Range(0, 22).Select(n => (long)n), followed.Numbers);
    }

    [Fact]
    public void Earlier_rows_are_not_read()
    {
        var sink = Open();
        Write(sink, Numbered(0, 5000, Sample.Hour19));
        using var followed = FromNow(_capture.Path);
        Write(sink, Numbered(5000, 7, Sample.Hour19));
        followed.ReadUntil(7);
        sink.Close();
        followed.Read();

        Assert.Equal(Enumerable.Range(5000, 7).Select(n => (long)n), followed.Numbers);
    }

    [Fact]
    public void It_continues_where_a_snapshot_ends()
    {
        var sink = Open();
        Write(sink, Numbered(0, 25_000, Sample.Hour19)); // two segments that become pieces, and a third
        using var followed = FromNow(_capture.Path);
        Write(sink, Numbered(25_000, 1000, Sample.Hour19));
        CaptureFolder.WaitFor(() => _capture.Pieces.Length > 0 && _capture.Segments.Length == 1, "pieces");
        using var snapshot = _capture.Snapshot();
        Assert.Equal("26000", snapshot.Count());
        Write(sink, Numbered(26_000, 9000, Sample.Hour19)); // closes the segment and opens another
        followed.Follower.ContinueAfter(snapshot);
        followed.ReadUntil(9000);
        sink.Close();
        followed.Read();

        Assert.Equal(Enumerable.Range(26_000, 9000).Select(n => (long)n), followed.Numbers);
    }

    [Fact]
    public void An_incomplete_message_is_returned_later_and_once()
    {
        var sink = Open();
        for (var batch = 0; batch < 4; batch++)
        {
            Write(sink, [.. Numbered(batch * 500, 500, Sample.Hour19).Select((e, n) => e with { Container = Sample.Container with { ContainerName = $"c{batch * n}" } })]);
        }

        var whole = File.ReadAllBytes(Assert.Single(_capture.Segments));
        sink.Abandon();
        var other = Directory.CreateTempSubdirectory("netmon-torn-").FullName;
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(other, CapturePaths.Hot, "date=2026-11-22", "hour=19")).FullName;
            using var followed = FromNow(other);
            using (var growing = new FileStream(Path.Combine(folder, "node-1.torn-1.arrows"), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
            {
                const int step = 4999; // cuts messages at every position
                for (var at = 0; at < whole.Length; at += step)
                {
                    growing.Write(whole, at, Math.Min(step, whole.Length - at));
                    followed.Read();
                }
            }

            followed.ReadUntil(2000);
            Assert.Equal(Enumerable.Range(0, 2000).Select(n => (long)n), followed.Numbers);
            Assert.Empty(followed.Log);
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    [Fact]
    public void A_slow_reader_keeps_a_limited_number_of_segments_and_reports_what_it_misses()
    {
        var sink = Open();
        using var followed = FromNow(_capture.Path);
        Write(sink, Numbered(0, 1, Sample.Hour19));
        var bytes = File.ReadAllBytes(Assert.Single(_capture.Segments));
        var folder = Path.GetDirectoryName(_capture.Segments[0])!;
        string[] copies = [.. Enumerable.Range(0, SegmentWatch.MostOpen).Select(n => Path.Combine(folder, $"node-1.copy-{n:000}.arrows"))];
        foreach (var copy in copies)
        {
            File.WriteAllBytes(copy, bytes);
        }

        // One over the limit: the oldest names were opened, and one copy was not.
        CaptureFolder.WaitFor(() => OpenFiles(folder) == SegmentWatch.MostOpen, "open segments");
        Array.ForEach(copies, File.Delete);
        CaptureFolder.WaitFor(
            () =>
            {
                followed.Read();
                return followed.Log.Count > 0;
            },
            "what was missed");
        Assert.Contains("1 segments were sealed before they could be read", followed.Log[0], StringComparison.Ordinal);
        Assert.Equal(SegmentWatch.MostOpen, followed.Numbers.Count);
        sink.Close();
    }

    [Fact]
    public void A_segment_that_came_and_went_unseen_is_counted_by_the_gap_in_the_numbers()
    {
        var sink = Open();
        Write(sink, Numbered(0, 1, Sample.Hour19));
        var bytes = File.ReadAllBytes(Assert.Single(_capture.Segments));
        var folder = Path.GetDirectoryName(_capture.Segments[0])!;
        using var followed = FromNow(_capture.Path);
        File.WriteAllBytes(Path.Combine(folder, "node-2.run-000007.arrows"), bytes);
        followed.ReadUntil(1);
        File.WriteAllBytes(Path.Combine(folder, "node-2.run-000010.arrows"), bytes); // 8 and 9 have become pieces
        followed.ReadUntil(2);
        File.WriteAllBytes(Path.Combine(folder, "node-2.run-000011.arrows"), bytes);
        CaptureFolder.WaitFor(
            () =>
            {
                followed.Read();
                return followed.Log.Count > 0;
            },
            "what was missed");
        Assert.Contains("2 segments were sealed before they could be read", Assert.Single(followed.Log), StringComparison.Ordinal);
        followed.ReadUntil(3);
        sink.Close();
    }

    private static int OpenFiles(string folder) => Directory.EnumerateFiles("/proc/self/fd")
        .Count(descriptor => Target(descriptor) is { } target && target.StartsWith(folder, StringComparison.Ordinal) && target.Contains("copy-", StringComparison.Ordinal)) + 1;

    /// <summary>The file that a descriptor of this process is open on; null if another test has closed it since.</summary>
    private static string? Target(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private CaptureSink Open() => _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
}
