using NetMon.Bench;
using NetMon.Bench.Documents;
using Xunit;

namespace NetMon.UnitTests.Documents;

/// <summary>Marks in documents, and how figures are recorded and rounded.</summary>
public sealed class FigureDocumentTests
{
    private static readonly DateTime Day = new(2026, 11, 27, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_mark_has_the_figure_in_its_form()
    {
        Assert.Equal("It takes <!-- figure: a.bytes -->13.9<!-- /figure --> bytes.", Writer().Render("It takes <!-- figure: a.bytes -->7<!-- /figure --> bytes."));
        Assert.Equal("Up to <!-- figure: a.rate in millions -->1.03 to 1.06<!-- /figure --> million", Writer().Render("Up to <!-- figure: a.rate in millions --><!-- /figure --> million"));
    }

    [Fact]
    public void A_block_has_the_table_and_its_origin_and_stays_as_it_is_when_written_again()
    {
        var written = Writer().Render("<!-- figures: table -->\n<!-- /figures -->\n");
        Assert.StartsWith("<!-- figures: table -->\n\n| 1,030,000 to 1,060,000 | ≥ 1,000,000 |\n\nMeasured on 2026-11-27 by `make bench BENCH=a` (", written, StringComparison.Ordinal);
        Assert.EndsWith(").\n\n<!-- /figures -->\n", written, StringComparison.Ordinal);
        Assert.Equal(written, Writer().Render(written));
    }

    [Theory]
    [InlineData("It takes <!-- figure: a.other -->7<!-- /figure --> bytes.", "no figure a.other")]
    [InlineData("It takes <!-- figure: a.bytes -->7 bytes.", "incomplete")]
    [InlineData("It takes 7<!-- /figure --> bytes.", "incomplete")]
    [InlineData("<!-- figures: table -->\n| 1 |\n", "incomplete")]
    [InlineData("<!-- figures: other -->\n<!-- /figures -->", "no table other")]
    [InlineData("- <!-- figure: a.bytes -->7<!-- /figure --> bytes.", "begins a line")]
    public void A_wrong_mark_is_refused(string document, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Writer().Render(document)).Message, StringComparison.Ordinal);

    [Fact]
    public void Code_is_left_alone()
    {
        const string Example = "```markdown\n<!-- figure: NAME -->7<!-- /figure -->\n```";
        Assert.Equal(Example, Writer().Render(Example));
    }

    [Theory]
    [InlineData(13.896, "bytes/event", 13.9)]
    [InlineData(1_034_567.8, "events/s", 1_030_000)]
    [InlineData(337_856, "events", 337_856)]
    [InlineData(99.97, "%", 99.9)]
    [InlineData(100, "%", 100)]
    public void Figures_are_rounded_but_counts_are_exact_and_no_loss_is_rounded_away(double measured, string unit, double recorded)
    {
        var file = FigureFile.Parse("{}");
        file.Record("make bench", [new Figure("a.x", measured, unit, "")], Day);
        Assert.Equal(recorded, file.Figures["a.x"].Value);
    }

    [Fact]
    public void A_new_measurement_replaces_the_old_one_and_leaves_others()
    {
        var file = File();
        file.Record("make bench BENCH=a", [new Figure("a.rate", 2, "events/s", ""), new Figure("a.none", double.NaN, "", "")], Day);
        Assert.Equal(["a.bytes", "a.rate"], file.Figures.Keys);
        Assert.Equal((2, null), (file.Figures["a.rate"].Value, file.Figures["a.rate"].To));
        Assert.Equal(file.ToString(), FigureFile.Parse(file.ToString()).ToString());
    }

    [Theory]
    [InlineData("It takes 16.4 bytes per event.", "16.4 bytes per event")]
    [InlineData("At 1,000,000 events/s", "1,000,000 per second")]
    [InlineData("At 1.05 million events per second", "1.05 per second")]
    [InlineData("with 38 ns per event", "38 ns per event")]
    [InlineData("some 18 millicores", "18 millicores")]
    public void A_figure_without_a_mark_is_found(string sentence, string figure)
    {
        Assert.Equal([figure], UnmarkedFigure.In(sentence));
        Assert.Empty(UnmarkedFigure.In($"# History\n\n<!-- figures by hand: version 0.1 -->\n\n{sentence}\n"));
        Assert.Equal([figure], UnmarkedFigure.In($"# History\n\n<!-- figures by hand: version 0.1 -->\n\nNone.\n\n# Today\n\n{sentence}\n"));
    }

    private static FigureFile File()
    {
        var file = FigureFile.Parse("{}");
        file.Record("make bench BENCH=a", [new Figure("a.bytes", 13.9, "bytes/event", ""), new Figure("a.rate", 1_060_000, "events/s", ""), new Figure("a.rate", 1_030_000, "events/s", "")], Day);
        return file;
    }

    private static FigureDocument Writer() => new(
        File().Figures,
        new Dictionary<string, Budget> { ["a.rate"] = new() { Aim = ">= 1,000,000" } },
        table => table == "table" ? "| {{a.rate}} | {{aim a.rate}} |\n" : throw new InvalidDataException($"no table {table}"));
}
