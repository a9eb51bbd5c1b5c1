using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>Corrupt files in hot/: readable rows are kept, others are counted, and no wrong value is ever read.</summary>
public sealed class DamagedPieceTests(ITestOutputHelper output)
{
    private const int RowGroupRows = 4096;
    private const int Rows = 4 * RowGroupRows + 1000;

    /// <summary>Number of bits to flip, each in a copy of the capture.</summary>
    private static readonly int Flips = int.Parse(Environment.GetEnvironmentVariable("NETMON_FLIPS") ?? "40", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("pieces")]
    [InlineData("segments")]
    public void A_flipped_bit_costs_rows_that_are_counted_and_changes_none(string kind)
    {
        var random = new Random(17);
        using var whole = new CaptureFolder();
        Leave(whole, pieces: 4);
        var files = (kind == "pieces" ? whole.Pieces : whole.Segments).Select(path => Path.GetRelativePath(whole.Path, path)).ToArray();
        var (counted, unknown) = (0, 0);
        for (var flip = 0; flip < Flips; flip++)
        {
            using var capture = new CaptureFolder();
            CopyAll(whole.Path, capture.Path);
            var file = files[random.Next(files.Length)];
            var bit = Flip(Path.Combine(capture.Path, file), random);
            var sink = capture.Open(change: Options);
            sink.Advance(1);
            sink.Close();
            capture.Open(change: Options).Close(); // the next sink seals the rows of losses

            var (rows, wrong) = Kept(capture);
            var lost = capture.Query("SELECT sum(count)::BIGINT, count(*) FILTER (count IS NULL) FROM {loss} WHERE stage = 'parquet'");
            Assert.True(wrong == 0, $"bit {bit} of {file}: {wrong} rows are wrong");
            if ((long)lost[0][1]! == 0)
            {
                Assert.True(rows + ((long?)lost[0][0] ?? 0) == Rows, $"bit {bit} of {file}: {rows} rows kept and {lost[0][0]} counted, of {Rows}");
                counted++;
            }
            else
            {
                Assert.InRange(rows, Rows - RowGroupRows, Rows);
                unknown++;
            }

            Assert.True(rows == Rows || capture.Reports.Any(line => line.Contains(file, StringComparison.Ordinal)), $"bit {bit} of {file}: nothing was logged");
        }

        output.WriteLine($"{Flips} flips in {kind}: {counted} times the rows that were lost were counted exactly, {unknown} times it is not known how many they were");
        Assert.True(counted > unknown, $"{counted} damages were counted, of {unknown} nobody knows how many rows");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(5000)]
    public void A_truncated_piece_is_reported_and_set_aside_and_the_hour_is_merged_from_the_others(int length)
    {
        using var capture = new CaptureFolder();
        Leave(capture, pieces: 4);
        var piece = capture.Pieces[1];
        File.WriteAllBytes(piece, File.ReadAllBytes(piece)[..length]);
        capture.Open(change: Options).Close();

        Assert.Equal((Rows - RowGroupRows, 0), Kept(capture));
        Assert.Contains(capture.Reports, line => line.Contains(Path.GetFileName(piece), StringComparison.Ordinal) && line.Contains("is damaged", StringComparison.Ordinal));
        Assert.True(File.Exists(piece + ".damaged"));
    }

    private static NetMon.Storage.CaptureSinkOptions Options(NetMon.Storage.CaptureSinkOptions options) => options with { RowGroupRows = RowGroupRows };

    /// <summary>Writes rows and leaves them as a kill would, once this many pieces exist.</summary>
    private static void Leave(CaptureFolder capture, int pieces)
    {
        var sink = capture.Open(change: options => Options(options) with { DurableWithin = TimeSpan.Zero });
        foreach (var batch in Enumerable.Range(0, Rows).Chunk(RowGroupRows))
        {
            sink.Write([.. batch.Select(Event)]);
            var made = batch[0] / RowGroupRows;
            CaptureFolder.WaitFor(() => capture.Pieces.Length == made && capture.Segments.Length == 1, $"{made} pieces");
        }

        sink.Advance(Sample.Hour19 + 1);
        sink.Abandon();
        Assert.Equal((pieces, 1), (capture.Pieces.Length, capture.Segments.Length));
    }

    /// <summary>Every value of an event follows from its number, which is its time.</summary>
    private static ConnectionEvent Event(int n)
    {
        var connection = Sample.Close(Sample.Hour19 + n * 1000L);
        connection.Record.Owner.Pid = (uint)(n % 7 + 1);
        connection.Record.SourcePort = (ushort)(n % 50_000);
        connection.Record.BytesReceived = (ulong)n * 31;
        connection.Record.ConnectionId = (ulong)n + 1;
        return connection with { Container = n % 3 == 0 ? Sample.Container : null };
    }

    private static (long Rows, long Wrong) Kept(CaptureFolder capture)
    {
        var row = capture.Query(
            $"""
            WITH numbered AS (SELECT *, epoch_us(timestamp) - {Sample.Hour19 / 1000} AS n FROM {"{events}"})
            SELECT count(*), count(*) FILTER (n <> connection_id - 1 OR pid <> n % 7 + 1 OR src_port <> n % 50000 OR bytes_received <> n * 31
                OR (container_id IS NOT NULL) <> (n % 3 = 0) OR dst_ip <> '2001:db8::1' OR process <> 'curl' OR type <> 'CLOSE') + count(*) - count(DISTINCT n)
            FROM numbered
            """)[0];
        return ((long)row[0]!, (long)row[1]!);
    }

    private static long Flip(string path, Random random)
    {
        var bytes = File.ReadAllBytes(path);
        var bit = random.NextInt64(8L * bytes.Length);
        bytes[bit / 8] ^= (byte)(1 << (int)(bit % 8));
        File.WriteAllBytes(path, bytes);
        return bit;
    }

    private static void CopyAll(string from, string to)
    {
        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }
}
