using System.Globalization;
using NetMon.Query;
using NetMon.UnitTests.Storage;
using NetMon.UnitTests.Storage.Rollups;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>Sealed files that are corrupt on disk: an answer leaves the file out and names it, or is unchanged.</summary>
public sealed class DamagedFilesTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>Number of bits to flip, one at a time.</summary>
    private static readonly int Flips = int.Parse(Environment.GetEnvironmentVariable("NETMON_FLIPS") ?? "40", CultureInfo.InvariantCulture);

    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void A_flipped_bit_in_an_events_file_leaves_the_file_out_or_changes_nothing() =>
        Flip(
            () => Path.Combine(_capture.Events, _capture.Sealed.Order(StringComparer.Ordinal).First()),
            "SELECT count(*) AS rows, sum(hash(COLUMNS(* EXCLUDE (date, hour)))::HUGEINT) FROM events");

    [Fact]
    public void A_flipped_bit_in_a_roll_up_leaves_the_file_out_or_changes_nothing() =>
        Flip(
            () => Directory.GetFiles(Path.Combine(_capture.Path, "rollup"), "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First(),
            "SELECT count(*) AS rows, sum(hash(COLUMNS(* EXCLUDE (date, hour)))::HUGEINT) FROM rollups");

    private void Flip(Func<string> fileOf, string sql)
    {
        var sink = _capture.Open(change: options => options with { RowGroupRows = 700 });
        sink.Write(RollupFolder.Events(2000, seed: 1));
        sink.Write([Sample.Accept(Sample.Hour19 + Sample.HourLong)]);
        sink.Close();
        var file = fileOf();
        var whole = File.ReadAllBytes(file);
        var answer = _capture.Print(sql, OutputFormat.Csv);
        File.Move(file, file + ".aside");
        var without = _capture.Print(sql, OutputFormat.Csv);
        Assert.NotEqual(without, answer);
        var random = new Random(23);
        var named = 0;
        for (var flip = 0; flip < Flips; flip++)
        {
            var changed = whole.ToArray();
            var bit = random.NextInt64(8L * changed.Length);
            changed[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            File.WriteAllBytes(file, changed);
            var log = new List<string>();
            var printed = _capture.Print(sql, OutputFormat.Csv, log: log);
            var isNamed = log.Exists(line => line.Contains(Path.GetFileName(file), StringComparison.Ordinal));
            Assert.True(printed == (isNamed ? without : answer), $"bit {bit}: {(isNamed ? "the file was named" : "nothing was said")}, and the answer is {printed}");
            named += isNamed ? 1 : 0;
        }

        output.WriteLine($"{Flips} flips: {named} times the file was left out and named, else the answer was the same");
        Assert.True(named > Flips / 2, $"{named} of {Flips} flips were noticed");
    }
}
