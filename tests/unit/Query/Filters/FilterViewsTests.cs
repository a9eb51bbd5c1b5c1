using NetMon.Query;
using NetMon.Query.Filters;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query.Filters;

/// <summary>The views of a filter that a question has made: those that it names, and no question sees what a filter leaves out.</summary>
public sealed class FilterViewsTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Theory]
    [InlineData("SELECT count(*) FROM events", "events")]
    [InlineData("FROM \"EVENTS\" JOIN loss USING (node)", "events", "loss")]
    [InlineData("SELECT 1")]
    [InlineData("FROM both_ends", "both_ends")]
    public void Those_that_SQL_names_are_made(string sql, params string[] made) =>
        Assert.Equal(made, Made(FilterViews.NamedBy([sql])));

    [Fact]
    public void What_a_shipped_view_reads_is_named_by_it_but_not_by_one_that_the_filter_replaces()
    {
        const string open = "CREATE OR REPLACE VIEW open_events AS SELECT *, true AS selected FROM events;";
        Assert.Equal(["open_events"], Made(FilterViews.NamedBy(["FROM mine", open, "CREATE OR REPLACE VIEW mine AS FROM open_events;"])));
    }

    [Fact]
    public void Without_names_all_are_made() => Assert.Equal(9, Made(null).Count);

    [Theory]
    [InlineData("SELECT count(*) AS n FROM events")]
    [InlineData("SELECT count(*) AS n FROM query('FROM ev' || 'ents')")] // in no text
    [InlineData("SELECT sum(attempts + accepts) AS n FROM query('FROM tal' || 'lies')")]
    public void A_name_that_is_made_up_from_parts_is_filtered_too(string sql)
    {
        var sink = _capture.Open();
        sink.Write([.. Enumerable.Range(0, 10).Select(n => Sample.Accept(Sample.Hour19 + n) with { Container = n < 3 ? Sample.Container : null })]);
        sink.Close();
        Assert.Equal("n\n3\n", _capture.Print(sql, OutputFormat.Csv, filter: GivenFilter.Of("--pod", Sample.Container.PodName)));
    }

    private static List<string> Made(IReadOnlySet<string>? named) =>
    [
        .. FilterViews.Of(GivenFilter.Of("--pod", "web-*"), "stored", pairsEnds: false, named)
            .Where(sql => sql.StartsWith("CREATE OR REPLACE VIEW ", StringComparison.Ordinal)).Select(sql => sql.Split(' ')[4]).Order(StringComparer.Ordinal),
    ];
}
