using System.Globalization;
using NetMon.Query.Observe;
using NetMon.Query.Printing;
using Spectre.Console;

namespace NetMon.Query.Top;

/// <summary>Renders rows as a screen or a table. Thread-safe.</summary>
/// <param name="order">The sort key.</param>
/// <param name="subject">The subject of rows.</param>
/// <param name="now">The shortest window, in seconds.</param>
/// <param name="width">Columns.</param>
internal sealed class TopView(TopOrder order, TopSubject subject, int now, int width)
{
    private const int NumberWidth = 8; // including a leading space

    /// <summary>The width from which on each sort key has a column for each window.</summary>
    private const int AllFrom = 150;

    private static readonly TopOrder[] Orders = Enum.GetValues<TopOrder>();

    /// <summary>Returns a table with as many rows as fit.</summary>
    public Table Table(IEnumerable<TopRow> rows)
    {
        (string Title, bool IsChosen, Func<TopRow, string> Cell)[] columns = [.. Columns()];
        var nameWidth = Math.Max(10, width - columns.Length * NumberWidth);
        var table = new Table { Border = TableBorder.None, ShowHeaders = true, UseSafeBorder = false };
        table.AddColumn(new TableColumn(new Text($"\n{subject.ToString().ToUpperInvariant()}", new Style(decoration: Decoration.Bold))) { Width = nameWidth, NoWrap = true, Padding = new Padding(0) });
        foreach (var (title, isChosen, _) in columns)
        {
            var style = isChosen ? new Style(Color.Teal, decoration: Decoration.Bold) : new Style(decoration: Decoration.Bold);
            table.AddColumn(new TableColumn(new Text(title, style) { Justification = Justify.Right }) { Width = NumberWidth, NoWrap = true, Padding = new Padding(0), Alignment = Justify.Right });
        }

        foreach (var row in rows)
        {
            table.AddRow([
                new Text(TerminalText.Cut(row.Name, nameWidth)),
                .. columns.Select(column => new Text(column.Cell(row), CellStyle(column.IsChosen, column.Title, column.Cell(row))) { Justification = Justify.Right }),
            ]);
        }

        return table;
    }

    /// <summary>Returns a line with the sums of all rows, in the available width.</summary>
    public string Summary(TopSums sums, int rows) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rows} {subject.ToString().ToLowerInvariant()}  {Rate(sums.Events, now)} events/s  {Rate(sums.Connections, now)} connections/s  {Rate(sums.Failures, now)} failures/s  {Amounts.Size(sums.Bytes / now)}/s");

    /// <summary>Formats a rate in up to six characters: 0.02, 3.4, 560, 12.3K.</summary>
    public static string Rate(double count, int seconds)
    {
        var rate = count / seconds;
        return rate switch
        {
            0 => "0",
            < 0.095 => Text($"{rate:0.00}"),
            < 9.95 => Text($"{rate:0.0}"),
            < 9999.5 => Text($"{rate:0}"),
            < 999_500 => Text($"{rate / 1000:0.0}K"),
            _ => Text($"{rate / 1_000_000:0.0}M"),
        };
    }

    private static Style CellStyle(bool isChosen, string title, string cell) => cell is "0" or "0B" or "-" ? new Style(decoration: Decoration.Dim)
        : title.StartsWith("FAIL", StringComparison.Ordinal) ? new Style(Color.Maroon)
        : isChosen ? new Style(Color.Teal)
        : Style.Plain;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the columns: the three windows of the chosen sort key first, then ten seconds of the others, or all windows if there is room.</summary>
    private IEnumerable<(string Title, bool IsChosen, Func<TopRow, string> Cell)> Columns()
    {
        foreach (var shown in Orders.OrderBy(other => other == order ? -1 : (int)other))
        {
            var title = shown switch { TopOrder.Connections => "CONN/s", TopOrder.Failures => "FAIL/s", TopOrder.Bytes => "BYTES/s", _ => "LATENCY" };
            var isChosen = shown == order;
            if (isChosen || width >= AllFrom)
            {
                yield return (Text($"{title}\n{now}s"), isChosen, row => Cell(shown, row.Now, now));
            }

            yield return (Text($"{title}\n{TopRow.TenSeconds}s"), isChosen, row => Cell(shown, row.Ten, TopRow.TenSeconds));
            if (isChosen || width >= AllFrom)
            {
                yield return (Text($"{title}\n{TopSeconds.Longest}s"), isChosen, row => Cell(shown, row.Minute, TopSeconds.Longest));
            }
        }
    }

    private static string Cell(TopOrder order, TopSums sums, int seconds) => order switch
    {
        TopOrder.Failures => Rate(sums.Failures, seconds),
        TopOrder.Bytes => Amounts.Size(sums.Bytes / seconds),
        TopOrder.Latency => sums.Answered == 0 ? "-" : Amounts.Duration((ulong)sums.MeanLatency),
        _ => Rate(sums.Connections, seconds),
    };
}
