using System.Diagnostics;
using NetMon.Events;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>netmon export as a program: the events of a capture, as in SQL.</summary>
public sealed class ExportTests : IDisposable
{
    private const string All = "SELECT * EXCLUDE (date, hour) FROM events";
    private readonly CaptureFolder _capture = new();

    public ExportTests()
    {
        var sink = _capture.Open();
        List<ConnectionEvent> events = [];
        for (var i = 0; i < 3000; i++)
        {
            var at = Sample.Hour19 + i * 2 * Sample.Second; // two hours; the sinks store their rows in another order
            var made = (i % 3) switch { 0 => Sample.Connect(at, error: i % 2 == 0 ? 0u : 111u), 1 => Sample.Named(at, "a\"b,c\td\\"u8), _ => Sample.Close(at) };
            made.Container = i % 4 == 0 ? Sample.Container : null;
            events.Add(made);
        }

        foreach (var batch in events.Chunk(500))
        {
            sink.Write(batch);
        }

        sink.Close();
    }

    public void Dispose() => _capture.Dispose();

    [Theory]
    [InlineData("csv", "", "")]
    [InlineData("tsv", "", "")]
    [InlineData("ndjson", "", "")]
    [InlineData("csv", "--pod nginx-* --since 2026-11-22T19:10:01 --until 2026-11-22T20:20", "WHERE pod_name LIKE 'nginx-%' AND timestamp >= '2026-11-22 19:10:01' AND timestamp < '2026-11-22 20:20:00'")]
    [InlineData("ndjson", "--failed", "WHERE result <> 'established'")]
    public async Task Events_are_in_time_order_and_formatted_as_in_SQL(string format, string filter, string condition)
    {
        var expected = await Run("query", "--capture", _capture.Path, "--format", format, $"{All} {condition} ORDER BY timestamp");
        Assert.InRange(expected.Output.Count(c => c == '\n'), 100, 3001);
        var exported = await Run(["export", "--capture", _capture.Path, "--format", format, .. filter.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal((0, ""), (exported.ExitCode, exported.Error));
        Assert.Equal(expected.Output, exported.Output);
    }

    [Fact]
    public async Task A_Parquet_file_has_all_events_with_their_types()
    {
        var file = Path.Combine(_capture.Path, "..", "export.parquet");
        await Shell($"export --capture '{_capture.Path}' > '{file}'");
        const string rows = "SELECT count(*), bit_xor(hash(e)), count(DISTINCT timestamp) FROM (SELECT * EXCLUDE ({0}) FROM {1}) AS e";
        var exported = DuckDb.Query(string.Format(System.Globalization.CultureInfo.InvariantCulture, rows.Replace("EXCLUDE ({0})", "", StringComparison.Ordinal), "", $"read_parquet('{file}')"));
        Assert.Equal(_capture.Query(string.Format(System.Globalization.CultureInfo.InvariantCulture, rows, "date, hour", "{events}")), exported);
    }

    [Fact]
    public async Task A_closed_reader_is_not_an_error() =>
        Assert.Equal("timestamp,node,type\n0\n", await Shell($"export --capture '{_capture.Path}' --format csv | head -n 1 | cut -c 1-19; echo ${{PIPESTATUS[0]}}"));

    [Fact]
    public async Task A_damaged_file_is_reported_and_the_rest_is_exported()
    {
        File.WriteAllText(Path.Combine(_capture.Events, _capture.Sealed[0]), "no Parquet");
        var rest = await Run("export", "--capture", _capture.Path, "--format", "csv");
        Assert.Equal(0, rest.ExitCode);
        Assert.Contains("hour=19", Assert.Single(rest.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(1201, rest.Output.Count(c => c == '\n'));
        var strict = await Run("export", "--capture", _capture.Path, "--format", "csv", "--strict");
        Assert.Equal((1, ""), (strict.ExitCode, strict.Output));
    }

    [Theory]
    [InlineData("--format xml: expected parquet, csv, tsv or ndjson", "--format", "xml")]
    [InlineData("no event matches all of these", "--failed", "--type", "close")]
    [InlineData("the period is empty", "--since", "1h", "--until", "2h")]
    public async Task Invalid_requests_are_refused_in_one_line(string why, params string[] arguments)
    {
        var result = await Run(["export", "--capture", _capture.Path, .. arguments]);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(why, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static Task<ProgramOutput> Run(params string[] arguments) => ProgramOutput.Of("netmon-query", new Dictionary<string, string>(), arguments);

    private static async Task<string> Shell(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", $"'{Path.Combine(AppContext.BaseDirectory, "netmon-query")}' {command}"]) { RedirectStandardOutput = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync().WaitAsync(Patience.Limit);
        Assert.Equal(0, shell.ExitCode);
        return output;
    }
}
