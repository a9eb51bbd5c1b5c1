using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>The command line of netmon-query: what it accepts as SQL, and what it refuses.</summary>
public sealed class QueryCommandTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public QueryCommandTests() => _capture.Open().Close();

    public void Dispose() => _capture.Dispose();

    [Theory]
    [InlineData("SELECT 1 AS n")]
    [InlineData("-- how many?\nSELECT 1 AS n")]
    [InlineData("--\nSELECT 1 AS n")]
    [InlineData("  SELECT 1 AS n -- one")]
    [InlineData("FROM (SELECT 1 AS n)")]
    public async Task Sql_may_begin_with_a_comment(string sql)
    {
        var result = await Query("--capture", _capture.Path, "--format", "csv", sql);
        Assert.Equal((0, "n\n1\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData("--nope")]
    [InlineData("-x")]
    [InlineData("--nope=1")]
    [InlineData("--format-csv")]
    public async Task SQL_that_looks_like_an_option_is_not_one(string option)
    {
        var result = await Query("--capture", _capture.Path, option);
        AssertUsage(result, $"unknown option {option}");
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_options_and_values_are_refused_with_advice()
    {
        AssertUsage(await Query("--capture", _capture.Path, "--nope", "1"), "--help");
        AssertUsage(await Query("--capture", _capture.Path, "--format", "xml"), "--format xml: expected table, csv, tsv, json, ndjson, markdown or parquet");
        AssertUsage(await Query("--capture", _capture.Path, "--format", "1"), "--format 1: expected");
        AssertUsage(await Query("SELECT 1"), "no capture directory");
        AssertUsage(await Query("--capture"), "--capture");
    }

    [Fact]
    public async Task The_capture_may_be_given_by_its_variable()
    {
        var result = await ProgramOutput.Of("netmon-query", new Dictionary<string, string> { ["NETMON_CAPTURE"] = _capture.Path }, "--format", "JSON", "SELECT 1 AS n");
        Assert.Equal((0, "{\"n\":1}\n"), (result.ExitCode, result.Output));
    }

    private static Task<ProgramOutput> Query(params string[] arguments) => ProgramOutput.Of("netmon-query", new Dictionary<string, string>(), arguments);

    private static void AssertUsage(ProgramOutput result, string why)
    {
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
