using System.Globalization;
using System.Text.RegularExpressions;

namespace NetMon.Bench.Documents;

/// <summary>
/// Puts figures into a Markdown document. Inline, <c>&lt;!-- figure: NAME --&gt;VALUE&lt;!-- /figure --&gt;</c> has the value of a figure; a
/// block from <c>&lt;!-- figures: TABLE --&gt;</c> to <c>&lt;!-- /figures --&gt;</c> has the table of docs/figures/TABLE.md, where
/// <c>{{NAME}}</c> is a figure and <c>{{aim NAME}}</c> its aim, and then when, on what and by which commands its figures were measured.
/// Either may say <c>NAME in millions</c>. Marks within fences of code are examples, not marks.
/// </summary>
/// <param name="figures">By name.</param>
/// <param name="budgets">By the figure's name.</param>
/// <param name="readTable">The text of docs/figures/TABLE.md.</param>
internal sealed partial class FigureDocument(IReadOnlyDictionary<string, RecordedFigure> figures, IReadOnlyDictionary<string, Budget> budgets, Func<string, string> readTable)
{
    /// <summary>The document with the present figures.</summary>
    /// <exception cref="InvalidDataException">A mark is incomplete or at a line's start, or names a figure, an aim or a table that does not exist.</exception>
    public string Render(string document) => string.Concat(Fence().Split(document).Select((part, index) => index % 2 == 0 ? RenderText(part) : part));

    /// <summary>The document without code, figures and their marks.</summary>
    public static string Without(string document) => string.Concat(Fence().Split(document).Where((_, index) => index % 2 == 0).Select(WithoutMarks));

    private static string WithoutMarks(string text) => InlineMark().Replace(BlockMark().Replace(text, ""), "");

    private string RenderText(string text)
    {
        var rendered = InlineMark().Replace(
            BlockMark().Replace(text, block => $"<!-- figures: {block.Groups["table"].Value} -->\n\n{Table(block.Groups["table"].Value)}\n<!-- /figures -->"),
            mark => $"<!-- figure: {mark.Groups["figure"].Value} -->{Value(mark.Groups["figure"].Value)}<!-- /figure -->");
        if (AnyMark().Match(WithoutMarks(rendered)) is { Success: true } broken)
        {
            throw new InvalidDataException($"a mark is incomplete: {broken.Value}");
        }

        // There Markdown takes the whole line for HTML.
        return MarkAtStart().Match(rendered) is { Success: true } first ? throw new InvalidDataException($"a mark begins a line: {first.Value}") : rendered;
    }

    private string Table(string name)
    {
        var table = readTable(name);
        List<RecordedFigure> used = [];
        var filled = Placeholder().Replace(table, placeholder =>
        {
            var figure = placeholder.Groups["figure"].Value;
            if (placeholder.Groups["aim"].Success)
            {
                return Aim(figure);
            }

            used.Add(Find(NameOf(figure)));
            return Value(figure);
        });
        if (filled.Contains("{{", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"docs/figures/{name}.md: a placeholder is incomplete");
        }

        return $"{filled}\n{Origin(used)}\n";
    }

    /// <summary>When, on what and by which commands these were measured.</summary>
    private static string Origin(IEnumerable<RecordedFigure> used) => string.Join(' ', used
        .GroupBy(figure => (figure.Date, figure.Machine, figure.Kernel))
        .OrderByDescending(group => group.Key.Date, StringComparer.Ordinal)
        .Select(group => $"Measured on {group.Key.Date} by {string.Join(", ", group.Select(figure => $"`{figure.MeasuredBy}`").Distinct())} ({group.Key.Machine}, Linux {group.Key.Kernel})."));

    private string Aim(string name) => budgets.TryGetValue(name, out var budget) && budget.Aim.Length > 0
        ? budget.Aim.Replace(">=", "≥", StringComparison.Ordinal).Replace("<=", "≤", StringComparison.Ordinal)
        : throw new InvalidDataException($"perf/budgets.json has no aim for {name}");

    private string Value(string figure)
    {
        var found = Find(NameOf(figure));
        var divisor = figure.EndsWith(Millions, StringComparison.Ordinal) ? 1e6 : 1;
        var (value, to) = (Text(found.Value / divisor), Text((found.To ?? found.Value) / divisor));
        return value == to ? value : $"{value} to {to}";
    }

    private RecordedFigure Find(string name) => figures.TryGetValue(name, out var figure) ? figure : throw new InvalidDataException($"{FigureFile.Path} has no figure {name}");

    private static string Text(double value) => value.ToString(Math.Abs(value) switch { >= 1000 => "N0", >= 100 => "0", _ => "0.##" }, CultureInfo.InvariantCulture);

    private static string NameOf(string figure) => figure.Split(' ')[0];

    private const string Millions = " in millions";

    [GeneratedRegex("(^```.*?^```$)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"<!-- figure: (?<figure>[A-Za-z0-9_.-]+( in millions)?) -->(?<value>[^<\n]*)<!-- /figure -->")]
    private static partial Regex InlineMark();

    [GeneratedRegex(@"<!-- figures: (?<table>[a-z-]+) -->(?<text>((?!<!-- figures: ).)*?)<!-- /figures -->", RegexOptions.Singleline)]
    private static partial Regex BlockMark();

    [GeneratedRegex(@"<!-- /?figures?\b(?! by hand).*")]
    private static partial Regex AnyMark();

    [GeneratedRegex(@"^[ >*-]*<!-- figure: .*", RegexOptions.Multiline)]
    private static partial Regex MarkAtStart();

    [GeneratedRegex(@"\{\{(?<aim>aim )?(?<figure>[A-Za-z0-9_.-]+( in millions)?)\}\}")]
    private static partial Regex Placeholder();
}
