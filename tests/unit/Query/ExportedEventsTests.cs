using System.Text;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Query;
using NetMon.Query.Export;
using NetMon.Query.Filters;
using NetMon.Query.Printing;
using NetMon.Query.Sql;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>An export in slices of time: it is what one slice would give.</summary>
public sealed class ExportedEventsTests : IDisposable
{
    private const int Events = 6000;
    private const int OneSlice = 1_000_000;
    private const int ManySlices = 100;
    private readonly CaptureFolder _capture = new();

    public ExportedEventsTests()
    {
        var sink = _capture.Open();
        for (var batch = 0; batch < Events / 500; batch++)
        {
            // Two hours, of which the sink keeps rows by type and process, not by time.
            sink.Write([.. Enumerable.Range(batch * 500, 500).Select(n => Sample.Hour19 + n * Sample.Second * 6 / 5).Select((at, n) => (n % 3) switch
            {
                0 => Sample.Connect(at, error: n % 2 == 0 ? 0u : 111u),
                1 => Sample.Named(at, "a\"b,c\td\\"u8),
                _ => Sample.Close(at),
            })]);
        }

        sink.Close();
    }

    public void Dispose() => _capture.Dispose();

    [Theory]
    [InlineData(OutputFormat.Csv, 1)]
    [InlineData(OutputFormat.Tsv, 1)]
    [InlineData(OutputFormat.Ndjson, 0)]
    internal void Text_has_one_header_and_all_rows_by_time(OutputFormat format, int headers)
    {
        var sliced = Encoding.UTF8.GetString(Export(format, ManySlices));
        Assert.Equal(Events + headers, sliced.Count(c => c == '\n'));
        Assert.Equal(Encoding.UTF8.GetString(Export(format, OneSlice)), sliced);
    }

    [Theory]
    [InlineData(OutputFormat.Csv)]
    [InlineData(OutputFormat.Tsv)]
    internal void Without_any_event_there_is_the_header(OutputFormat format)
    {
        var filter = Filters.GivenFilter.Of("--pod", "none");
        Assert.StartsWith("timestamp", Assert.Single(Encoding.UTF8.GetString(Export(format, ManySlices, filter)).TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OneSlice)]
    [InlineData(ManySlices)]
    public void A_Parquet_file_has_all_rows_by_time(int groupRows)
    {
        var file = Path.Combine(_capture.Path, "export");
        File.WriteAllBytes(file, Export(OutputFormat.Parquet, groupRows));
        Assert.Equal(
            [[(long)Events, true]],
            DuckDb.Query($"SELECT count(*), bool_and(timestamp >= before IS NOT FALSE) FROM (SELECT timestamp, lag(timestamp) OVER (ORDER BY file_row_number) AS before FROM read_parquet('{file}', file_row_number = true))"));
        const string hash = "SELECT bit_xor(hash(e)) FROM (SELECT * EXCLUDE ({0}) FROM {1}) AS e";
        Assert.Equal(
            _capture.Query(hash.Replace("{0}", "date, hour", StringComparison.Ordinal).Replace("{1}", "{events}", StringComparison.Ordinal)),
            DuckDb.Query(hash.Replace(" EXCLUDE ({0})", "", StringComparison.Ordinal).Replace("{1}", $"read_parquet('{file}')", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_file_that_turns_out_to_be_damaged_under_way_is_named_and_the_rest_follows()
    {
        var whole = Encoding.UTF8.GetString(Export(OutputFormat.Csv, OneSlice)).Split('\n');
        var file = Path.Combine(_capture.Events, _capture.Sealed[1]);
        var bytes = File.ReadAllBytes(file);
        Array.Fill(bytes, (byte)0x55, bytes.Length / 2, 64); // in a page
        File.WriteAllBytes(file, bytes);
        List<string> log = [];
        var rest = Encoding.UTF8.GetString(Export(OutputFormat.Csv, ManySlices, log: log)).Split('\n');
        Assert.Contains(_capture.Sealed[1], Assert.Single(log), StringComparison.Ordinal);
        Assert.InRange(rest.Length, 3000, Events);
        Assert.Equal(whole.Take(rest.Length - 1), rest.Take(rest.Length - 1));
    }

    private byte[] Export(OutputFormat format, int groupRows, Filter? filter = null, List<string>? log = null)
    {
        using var output = new MemoryStream();
        var capture = new CaptureSettings(_capture.Path, null, "256MiB", IsStrict: false);
        var settings = new QuerySettings(capture, filter ?? Filter.None, Statement.Parse(ExportedEvents.Questions), ExportedEvents.Questions, new PrintStyle(format, null));
        using var answer = new Answer(settings, new Logger(entry => log?.Add(entry.Message), "export"));
        using var events = new ExportedEvents(format, output, groupRows);
        answer.Read(events.Write);
        return output.ToArray();
    }
}
