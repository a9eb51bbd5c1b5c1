using System.Text.Json;
using NetMon.Query;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>Rows of DuckDB in each output format.</summary>
public sealed class PrinterTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public PrinterTests() => _capture.Open().Close();

    public void Dispose() => _capture.Dispose();

    [Theory]
    [InlineData(OutputFormat.Table, "process   n\n-------  --\ncurl      7\n         12\n")]
    [InlineData(OutputFormat.Csv, "process,n\ncurl,7\n,12\n")]
    [InlineData(OutputFormat.Json, "{\"process\":\"curl\",\"n\":7}\n{\"process\":null,\"n\":12}\n")]
    [InlineData(OutputFormat.Markdown, "| process |  n |\n| ------- | -: |\n| curl    |  7 |\n|         | 12 |\n")]
    internal void Texts_numbers_and_NULL(OutputFormat format, string expected) =>
        Assert.Equal(expected, _capture.Print("SELECT * FROM (VALUES ('curl', 7), (NULL, 12)) t(process, n)", format));

    [Theory]
    [InlineData(OutputFormat.Table, "n\n-\n(no rows)\n")]
    [InlineData(OutputFormat.Csv, "n\n")]
    [InlineData(OutputFormat.Json, "")]
    [InlineData(OutputFormat.Markdown, "| n |\n| -: |\n")]
    internal void No_rows(OutputFormat format, string expected) => Assert.Equal(expected, _capture.Print("SELECT 1 AS n WHERE false", format));

    [Theory]
    [InlineData(OutputFormat.Table)]
    [InlineData(OutputFormat.Markdown)]
    internal void What_a_terminal_would_obey_is_shown_as_its_escape_in_cells_and_names(OutputFormat format)
    {
        var printed = _capture.Print("SELECT chr(27) || '[2J' || chr(10) || chr(13) || chr(127) || chr(155) || 'ü' AS \"a\u001bb\"", format);
        Assert.Contains("\\u001b[2J\\u000a\\u000d\\u007f\\u009bü", printed, StringComparison.Ordinal);
        Assert.Contains("a\\u001bb", printed, StringComparison.Ordinal);
        Assert.DoesNotContain(printed, c => char.IsControl(c) && c != '\n');
        Assert.Equal(3, printed.Count(c => c == '\n'));
    }

    [Fact]
    public void A_bar_is_escaped_only_in_Markdown()
    {
        Assert.Contains("| a\\|b ", _capture.Print("SELECT 'a|b' AS x", OutputFormat.Markdown), StringComparison.Ordinal);
        Assert.Contains("a|b", _capture.Print("SELECT 'a|b' AS x", OutputFormat.Table), StringComparison.Ordinal);
    }

    [Fact]
    public void CSV_quotes_by_RFC_4180_and_distinguishes_an_empty_text_from_NULL() => Assert.Equal(
        "\"a,\"\"b\"\"\",t\n1,\"\"\n2,\n3,\"x,y\"\n4,\"say \"\"hi\"\"\"\n5,\"two\nlines\"\n6,\"cr\rhere\"\n7, blank \n",
        _capture.Print("SELECT * FROM (VALUES (1, ''), (2, NULL), (3, 'x,y'), (4, 'say \"hi\"'), (5, 'two' || chr(10) || 'lines'), (6, 'cr' || chr(13) || 'here'), (7, ' blank ')) t(\"a,\"\"b\"\"\", t)", OutputFormat.Csv));

    [Fact]
    public void JSON_is_one_object_per_line_for_any_texts()
    {
        var lines = _capture.Print("SELECT 'a\"\\' || chr(10) || chr(1) AS text, [1, NULL] AS list, {'k': true} AS object, 1.50::DECIMAL(9, 2) AS number FROM range(2)", OutputFormat.Json).Split('\n');
        Assert.Equal(["", lines[0]], lines.Order(StringComparer.Ordinal).Distinct());
        using var row = JsonDocument.Parse(lines[0]);
        Assert.Equal("a\"\\\n\u0001", row.RootElement.GetProperty("text").GetString());
        Assert.Equal("[1,null]", row.RootElement.GetProperty("list").GetRawText());
        Assert.True(row.RootElement.GetProperty("object").GetProperty("k").GetBoolean());
        Assert.Equal(1.5, row.RootElement.GetProperty("number").GetDouble());
    }

    [Fact]
    public void Widths_are_those_of_the_first_thousand_rows_and_every_row_is_printed()
    {
        var lines = _capture.Print("SELECT repeat('x', CASE WHEN i < 1000 THEN 3 ELSE 50 END) AS t, i FROM range(1002) r(i) ORDER BY i", OutputFormat.Table).Split('\n');
        Assert.Equal(1002 + 3, lines.Length); // names, a rule, and the end
        Assert.Equal("t      i", lines[0]);
        Assert.Equal("---  ---", lines[1]);
        Assert.Equal("xxx  999", lines[1001]);
        Assert.Equal($"{new string('x', 50)}  1001", lines[1003]);
    }

    [Fact]
    public void Trailing_blanks_are_removed_in_a_table() =>
        Assert.Equal("a     b\n----  ----\nlong  x\ns     long\n", _capture.Print("SELECT * FROM (VALUES ('long', 'x'), ('s', 'long')) t(a, b)", OutputFormat.Table));

    [Fact]
    public void An_empty_text_is_not_NULL() => Assert.Equal("t\n--\n\"\"\n\n", _capture.Print("SELECT * FROM (VALUES (''), (NULL)) v(t)", OutputFormat.Table));

    [Fact]
    public void A_table_fits_the_terminal_the_widest_texts_are_cut() => Assert.Equal(
        "number      a                  b\n----------  -----------------  --------\n1234567890  aaaaaaaaaaaaaaaa\u2026  bbbb\n",
        _capture.Print("SELECT 1234567890::VARCHAR AS number, repeat('a', 60) AS a, 'bbbb' || repeat(' ', 4) AS b", OutputFormat.Table, width: 39));

    [Fact]
    public void Numbers_and_times_are_never_cut() => Assert.Equal(
        "t                            n\n-------------------  ---------\n2026-01-01 00:00:00  123456789\n",
        _capture.Print("SELECT TIMESTAMP '2026-01-01' AS t, 123456789 AS n", OutputFormat.Table, width: 10));

    [Fact]
    public void Several_statements_are_answered_one_after_the_other() =>
        Assert.Equal("a\n1\n\nb\n2\n", _capture.Print("SELECT 1 AS a; -- first; not second\nSELECT 2 AS b;", OutputFormat.Csv));
}
