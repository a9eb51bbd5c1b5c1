using System.Text.RegularExpressions;
using NetMon.Bench.Documents;
using Xunit;

namespace NetMon.UnitTests.Documents;

/// <summary>
/// Measured figures in the documents are those of docs/figures.json, which <c>make bench</c> writes; <c>make docs</c> puts them in
/// (NETMON_WRITE_DOCS=1).
/// </summary>
public sealed partial class DocumentedFiguresTests
{
    public static TheoryData<string> Documents => [.. MeasuredDocuments.All];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Marked_figures_are_those_of_the_file(string document)
    {
        var written = MeasuredDocuments.Read(document);
        var rendered = MeasuredDocuments.Writer.Render(written);
        if (Environment.GetEnvironmentVariable("NETMON_WRITE_DOCS") == "1")
        {
            if (rendered != written)
            {
                File.WriteAllText(Path.Combine(MeasuredDocuments.Root, document), rendered);
            }

            return;
        }

        Assert.True(rendered == written, $"{document} has other figures than {FigureFile.Path}: make docs");
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Figures_without_a_mark_are_allowed_for_a_reason(string document)
    {
        var allowed = UnmarkedFigure.Allowed.Where(figure => figure.Document == document || figure.Document == UnmarkedFigure.Anywhere).Select(figure => figure.Text).ToHashSet();
        var unmarked = UnmarkedFigure.In(MeasuredDocuments.Read(document)).Where(text => !allowed.Contains(text)).ToList();
        Assert.True(unmarked.Count == 0, $"{document}: {string.Join("; ", unmarked)}: mark them as perf/README.md says, or give the reason in UnmarkedFigure.cs");
    }

    [Fact]
    public void Each_reason_has_a_figure_that_needs_it()
    {
        var unneeded = UnmarkedFigure.Allowed.Where(figure => !MeasuredDocuments.All
            .Where(document => figure.Document == document || figure.Document == UnmarkedFigure.Anywhere)
            .SelectMany(document => UnmarkedFigure.In(MeasuredDocuments.Read(document))).Contains(figure.Text));
        Assert.Empty(unneeded);
    }

    [Fact]
    public void Each_table_is_in_a_document()
    {
        var texts = string.Concat(MeasuredDocuments.All.Select(MeasuredDocuments.Read));
        Assert.NotEmpty(MeasuredDocuments.Tables);
        Assert.All(MeasuredDocuments.Tables, table => Assert.Contains($"<!-- figures: {Path.GetFileNameWithoutExtension(table)} -->", texts, StringComparison.Ordinal));
    }

    [Fact]
    public void The_file_says_how_when_and_where_each_figure_was_measured()
    {
        Assert.NotEmpty(MeasuredDocuments.Figures.Figures);
        Assert.All(MeasuredDocuments.Figures.Figures, entry =>
        {
            var (name, figure) = entry;
            var scenario = name.Split('.')[0];
            Assert.Equal($"make bench BENCH={scenario}", figure.MeasuredBy);
            Assert.Matches(Date(), figure.Date);
            Assert.True(figure.To is null || figure.To > figure.Value, name);
            Assert.All((string[])[figure.Unit, figure.Machine, figure.Kernel], text => Assert.NotEqual("", text));
        });
        Assert.Equal(MeasuredDocuments.Figures.ToString(), MeasuredDocuments.Read(FigureFile.Path));
    }

    [GeneratedRegex(@"^20\d\d-\d\d-\d\d$")]
    private static partial Regex Date();
}
