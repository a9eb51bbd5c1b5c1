using System.Text;

namespace NetMon.Query.Printing;

/// <summary>
/// Prints columns aligned to their widest value, with numbers to the right. Widths are determined from the first rows; later rows are printed
/// as they arrive, so that memory is bounded. Terminal control characters are escaped, NULL is blank and an empty text is "". If the
/// width of a line is limited, texts are truncated with an ellipsis, the widest first; numbers and times are not truncated.
/// </summary>
internal sealed class AlignedPrinter(IReadOnlyList<ColumnHead> columns, TextWriter output, AlignedPrinter.Style style, int? width) : RowPrinter(columns, output)
{
    private const int RowsToMeasure = 1000;
    private const int NarrowestText = 8;
    private const char Ellipsis = '\u2026';
    private readonly List<string[]> _waiting = [];
    private int[]? _widths;
    private long _rows;

    public static Style Plain { get; } = new("", "  ", "", "  ", '-', "");

    public static Style Markdown { get; } = new("| ", " | ", " |", " | ", '-', "\\|");

    protected override void Add(string?[] row)
    {
        _rows++;
        string[] cells = [.. row.Select(text => text is "" ? "\"\"" : Shown(text ?? ""))];
        if (_widths is not null)
        {
            WriteLine(cells);
            return;
        }

        _waiting.Add(cells);
        if (_waiting.Count == RowsToMeasure)
        {
            Start();
        }
    }

    protected override void End()
    {
        if (_widths is null)
        {
            Start();
        }

        if (style == Plain && _rows == 0)
        {
            Output.Write("(no rows)\n");
        }
    }

    private void Start()
    {
        string[] names = [.. Columns.Select(column => Shown(column.Name))];
        _widths = [.. names.Select((name, column) => Math.Max(name.Length, _waiting.Select(row => row[column].Length).DefaultIfEmpty().Max()))];
        Narrow(_widths);
        WriteLine(names);
        Output.Write(style.Left);
        Output.Write(string.Join(style.RuleBetween, _widths.Select((width, column) => Rule(width, column))));
        Output.Write(style.Right + "\n");
        _waiting.ForEach(WriteLine);
        _waiting.Clear();
    }

    /// <summary>Narrows the widest texts until a line fits.</summary>
    private void Narrow(int[] widths)
    {
        for (var over = widths.Sum() + style.Between.Length * (widths.Length - 1) - width; over > 0;)
        {
            var widest = Enumerable.Range(0, widths.Length).Where(column => Columns[column].IsText && widths[column] > NarrowestText)
                .OrderByDescending(column => widths[column]).ToArray();
            if (widest.Length == 0)
            {
                return;
            }

            var next = widest.Length > 1 && widths[widest[1]] < widths[widest[0]] ? widths[widest[1]] : widths[widest[0]] - 1;
            var cut = Math.Min(over.Value, widths[widest[0]] - Math.Max(next, NarrowestText));
            widths[widest[0]] -= cut;
            over -= cut;
        }
    }

    private string Cut(string cell, int column) =>
        width is not null && Columns[column].IsText && cell.Length > _widths![column] ? cell[..(_widths[column] - 1)] + Ellipsis : cell;

    private string Rule(int width, int column) =>
        style == Markdown && Columns[column].IsNumber ? new string(style.Rule, Math.Max(1, width - 1)) + ":" : new string(style.Rule, width);

    private void WriteLine(string[] cells)
    {
        var line = new StringBuilder(style.Left);
        for (var column = 0; column < cells.Length; column++)
        {
            line.Append(column > 0 ? style.Between : "");
            line.Append(Columns[column].IsNumber ? cells[column].PadLeft(_widths![column]) : Cut(cells[column], column).PadRight(_widths![column]));
        }

        Output.Write((style.Right.Length > 0 ? line.Append(style.Right).ToString() : line.ToString().TrimEnd()) + "\n");
    }

    private string Shown(string text) => style.Bar.Length > 0 ? TerminalText.Shown(text).Replace("|", style.Bar, StringComparison.Ordinal) : TerminalText.Shown(text);

    /// <summary>The characters around and between the cells.</summary>
    internal sealed record Style(string Left, string Between, string Right, string RuleBetween, char Rule, string Bar);
}
