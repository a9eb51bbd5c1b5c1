using System.Collections.Concurrent;
using NetMon.Events;
using NetMon.Storage;
using Xunit;

namespace NetMon.UnitTests.Storage.Rollups;

/// <summary>Pieces are summed up while they are written, with the sums that their files give; nothing reads them back.</summary>
public sealed class PieceSumsTests : IDisposable
{
    private const int RowGroupRows = 500;
    private readonly CaptureFolder _capture = new();
    private readonly string _copies = Directory.CreateTempSubdirectory("netmon-pieces-").FullName;
    private readonly ConcurrentBag<string> _copied = [];

    public void Dispose()
    {
        Directory.Delete(_copies, recursive: true);
        _capture.Dispose();
    }

    [Fact]
    public void Sums_of_unreadable_pieces_are_those_of_their_events()
    {
        var sink = _capture.Open(change: options => Options(options) with { SealStep = step => CopyAndDamagePieces(step) });
        Write(sink, RollupFolder.Events(10 * RowGroupRows, seed: 3));
        CaptureFolder.WaitFor(() => Rollups.Length >= 3, "roll-ups");
        sink.Abandon();

        Assert.Empty(_capture.Reports);
        var rollups = string.Join(", ", Rollups.Select(path => $"'{path}'"));
        var pieces = DuckDb.Query($"SELECT decode(value) FROM parquet_kv_metadata([{rollups}]) WHERE decode(key) = 'netmon.segments'").SelectMany(row => ((string)row[0]!).Split(',')).ToList();
        Assert.InRange(pieces.Count, Rollups.Length, _copied.Count);
        Assert.Equal(pieces.Count, pieces.Distinct().Count());
        var events = $"[{string.Join(", ", pieces.Select(piece => $"'{Path.Combine(_copies, piece)}'"))}]";
        var (rows, rollup) = RollupFolder.Compare(events, $"[{rollups}]");
        Assert.NotEmpty(rows);
        Assert.Equal(rows, rollup);
        (rows, rollup) = RollupFolder.CompareLatencies(events, $"[{rollups}]");
        Assert.Equal(rows, rollup);
    }

    [Fact]
    public void A_piece_that_failed_to_write_is_in_no_sum()
    {
        var failures = 0;
        var sink = _capture.Open(change: options => Options(options) with
        {
            SealStep = step =>
            {
                if (step is "rows" or "written" && ++failures is 2 or 5)
                {
                    throw new IOException("the test says so");
                }
            },
        });
        Write(sink, RollupFolder.Events(6 * RowGroupRows, seed: 4));
        CaptureFolder.WaitFor(() => _capture.Reports.Count > 0, "the failure");
        sink.Close();
        _capture.Open(change: Options).Close(); // the next sink seals a piece that failed at the very end

        var (rows, rollup) = RollupFolder.Compare($"'{_capture.Events}/**/*.parquet'", $"'{_capture.Path}/rollup/**/*.parquet'");
        Assert.Equal(rows, rollup);
        Assert.Equal([[6L * RowGroupRows]], _capture.Query("SELECT count(*) FROM {events}"));
    }

    private string[] Rollups => [.. Directory.GetFiles(_capture.Hot, "*.rollup", SearchOption.AllDirectories)];

    private static CaptureSinkOptions Options(CaptureSinkOptions options) => options with { RowGroupRows = RowGroupRows, RollupEvents = 2 * RowGroupRows };

    /// <summary>Writes one segment after the other, so that each becomes a piece.</summary>
    private void Write(CaptureSink sink, ConnectionEvent[] events)
    {
        foreach (var some in events.Chunk(RowGroupRows))
        {
            sink.Write(some);
            sink.Advance(some[^1].UnixNanoseconds);
            CaptureFolder.WaitFor(() => _capture.Segments.Length <= 1 || _capture.Reports.Count > 0, "a piece");
        }
    }

    private void CopyAndDamagePieces(string step)
    {
        if (step != "piece renamed")
        {
            return;
        }

        foreach (var path in _capture.Pieces.Where(path => !_copied.Contains(path)))
        {
            _copied.Add(path);
            File.Copy(path, Path.Combine(_copies, Path.GetFileName(path)));
            using var piece = File.OpenWrite(path);
            piece.Position = 100; // in its first page
            piece.Write(new byte[64]);
        }
    }
}
