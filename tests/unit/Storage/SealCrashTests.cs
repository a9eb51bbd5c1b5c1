using System.Diagnostics;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Storage;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>
/// The capture directory as a kill would leave it between any two steps of a seal: after the next start it has every row and
/// every loss exactly once.
/// </summary>
public sealed class SealCrashTests : IDisposable
{
    private const int Rows = 20_000;
    private readonly CaptureFolder _capture = new();
    private readonly string _crashes = Directory.CreateTempSubdirectory("netmon-crashes-").FullName;

    public void Dispose()
    {
        Directory.Delete(_crashes, recursive: true);
        _capture.Dispose();
    }

    [Fact]
    public void A_crash_after_any_step_neither_loses_nor_duplicates_a_row()
    {
        var steps = new List<string>();
        List<LossCounter> losses = [new("source", "ring_full", 17)];
        using var allWritten = new ManualResetEventSlim();
        using var firstBegun = new ManualResetEventSlim();
        var looks = 0;
        var sink = _capture.Open(change: options => options with
        {
            LossTotals = () =>
            {
                if (++looks > 1)
                {
                    allWritten.Set(); // closing reads the losses once every row is in a segment
                }

                return losses;
            },
            LossInterval = TimeSpan.FromDays(1),
            SegmentBytes = 3 << 19,
            RowGroupRows = 5000,
            SealStep = step =>
            {
                firstBegun.Set();
                allWritten.Wait();
                steps.Add(step);
                Copy(_capture.Path, Path.Combine(_crashes, $"{steps.Count:D2}"));
            },
        });
        sink.Advance(1);
        sink.Advance(Sample.Hour19);
        for (var row = 0; row < Rows; row += 1000)
        {
            sink.Write([.. Enumerable.Range(row, 1000).Select(n => Sample.Accept(Sample.Hour19 + n * 1000L))]);
        }

        firstBegun.Wait(TestContext.Current.CancellationToken); // otherwise all segments become one piece
        sink.Close();

        Assert.Equal(
            ["hour renamed", "hour written", "indexed", "losses renamed", "losses written", "piece removed", "piece renamed", "roll-up removed", "roll-up renamed", "roll-up written", "rows", "segment removed", "written"],
            steps.Distinct().Order());
        Assert.True(steps.Count(step => step == "piece renamed") > 1, "the hour is to be made of several pieces");
        foreach (var crash in Directory.GetDirectories(_crashes))
        {
            Reopen(crash);
            Assert.Equal(
                [[(long)Rows, (long)Rows]],
                DuckDb.Query($"SELECT count(*), count(DISTINCT timestamp) FROM read_parquet('{crash}/events/**/*.parquet')"));
            Assert.Equal([[1L, 17m]], DuckDb.Query($"SELECT count(*), sum(count)::DECIMAL(18, 0) FROM read_parquet('{crash}/loss/**/*.parquet')"));
            Assert.Equal([[(long)Rows]], DuckDb.Query($"SELECT sum(accepts)::BIGINT FROM read_parquet('{crash}/rollup/**/*.parquet')"));
            Assert.Equal(
                Directory.GetFiles(Path.Combine(crash, "events"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Path.Combine(crash, "events"), file)).Order(),
                Directory.GetFiles(Path.Combine(crash, "rollup"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Path.Combine(crash, "rollup"), file)).Order());
            foreach (var extension in new[] { "*.arrows", "*.parquet", "*.rollup" })
            {
                Assert.Empty(Directory.GetFiles(Path.Combine(crash, "hot"), extension, SearchOption.AllDirectories));
            }

            Assert.Empty(Directory.GetFiles(crash, "*.partial", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public void A_failed_step_is_repeated_without_duplicates()
    {
        foreach (var step in new[] { "indexed", "rows", "written", "piece renamed", "segment removed", "hour written", "hour renamed", "piece removed", "roll-up written", "roll-up renamed", "roll-up removed" })
        {
            using var capture = new CaptureFolder();
            var fails = true;
            var sink = capture.Open(change: options => options with
            {
                SegmentBytes = 3 << 19,
                SealStep = at =>
                {
                    if (at == step && fails)
                    {
                        fails = false;
                        throw new IOException("the test says so");
                    }
                },
            });
            sink.Write([.. Enumerable.Range(0, Rows).Select(n => Sample.Accept(Sample.Hour19 + n * 1000L))]);
            sink.Advance(Sample.Hour19 + 2 * Sample.HourLong);
            CaptureFolder.WaitFor(() => capture.Reports.Count > 0, "the failure to be told");
            Assert.Contains("the test says so", capture.Reports[0], StringComparison.Ordinal);
            sink.Close(); // tries again

            Assert.Equal([[(long)Rows, (long)Rows]], capture.Query("SELECT count(*), count(DISTINCT timestamp) FROM {events}"));
            Assert.Empty(capture.Segments);
            Assert.Empty(Directory.GetFiles(capture.Path, "*.partial", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public void A_torn_tail_is_cut_off_and_counted_and_complete_batches_go_to_their_hour()
    {
        var killed = _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
        killed.Write([Sample.Accept(Sample.Hour19 + 5 * Sample.Second)]);
        killed.Write([.. Enumerable.Range(0, 100).Select(n => Sample.Accept(Sample.Hour19 + 6 * Sample.Second + n))]);
        killed.Abandon();
        var segment = Assert.Single(_capture.Segments);
        File.WriteAllBytes(segment, File.ReadAllBytes(segment)[..^1000]);

        var sink = _capture.Open();
        sink.Advance(1);
        sink.Advance(Sample.Hour19 + 3 * Sample.HourLong);
        sink.Write([Sample.Accept(Sample.Hour19 + 3 * Sample.HourLong)]);
        _capture.WaitForSealed(1, segmentsLeft: 0);
        sink.Close();
        _capture.Open().Close();

        Assert.Equal([[19L, 1L], [22L, 1L]], _capture.Query("SELECT hour, count(*) FROM {events} GROUP BY hour ORDER BY hour"));
        Assert.Equal([[100L, 1L]], _capture.Query(
            $"SELECT count, count(*) OVER () FROM {{loss}} WHERE stage = 'parquet' AND reason = 'torn_tail' AND epoch_us(\"from\") = {Sample.Hour19 / 1000 + 5_000_000} AND hour(\"to\") = 19"));
        Assert.Contains(_capture.Reports, line => line.Contains("bytes of an incomplete batch of 100 rows: cut off", StringComparison.Ordinal));
    }

    private static void Copy(string from, string to)
    {
        using var copy = Process.Start("cp", ["-a", from, to]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
    }

    private static void Reopen(string path) => new CaptureSink(
        new CaptureSinkOptions { CaptureDirectory = path, Node = "node-1", AgentVersion = "0.1.0", BootId = CaptureFolder.BootId, KeepFree = new FreeDisk(0, null), RetainFor = null },
        new SinkCounters("parquet"),
        new Logger(_ => { }, "storage")).Close();
}
