using System.Text;
using NetMon.Query.Printing;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace NetMon.Query.Top;

/// <summary>
/// The terminal during <c>netmon top</c>: the alternate screen without a cursor, redrawn with one write to avoid flickering. The previous
/// content is restored at the end. Not thread-safe.
/// </summary>
internal sealed class TopScreen : IDisposable
{
    // Control sequences of xterm (invisible-island.net/xterm/ctlseqs).
    private const string Enter = "\u001b[?1049h\u001b[?25l";
    private const string Leave = "\u001b[?25h\u001b[?1049l";
    private const string Home = "\u001b[H";
    private const string EraseLine = "\u001b[K";
    private const string EraseBelow = "\u001b[J";

    private static readonly string[] Help =
    [
        "c  sort by connections opened and accepted", "f  sort by attempts that failed", "b  sort by bytes, both ways", "l  sort by latency of connect(), on average",
        "w  rows are workloads", "p  rows are peers: → called by us, ← calling us", "space  pause, continue", "?  close this help", "q  quit",
        "", "Rates are per second, averaged over the seconds in each column's head. Rows are sorted by the last ten seconds.",
    ];

    private readonly Stream _output;
    private readonly bool _isColoured;

    public TopScreen(Stream output, bool isColoured)
    {
        (_output, _isColoured) = (output, isColoured);
        Write(Enter);
    }

    /// <summary>Redraws the screen.</summary>
    /// <param name="head">The first line.</param>
    /// <param name="view">Renders the rest.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="total">The sums of all rows.</param>
    /// <param name="state">What the user has chosen.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Lines.</param>
    public void Draw(string head, TopView view, List<TopRow> rows, TopSums total, TopState state, int width, int height)
    {
        const int otherLines = 5; // two before the table, two of its head, one after it
        List<string> lines = [.. new[] { head, view.Summary(total, rows.Count) }.Select(line => TerminalText.Cut(line, width))];
        lines.AddRange(state.ShowsHelp
            ? ["", .. Help.Select(line => TerminalText.Cut(line, width))]
            : Render(view.Table(rows.Take(Math.Max(0, height - otherLines))), width, _isColoured).TrimEnd('\n').Split('\n'));
        if (lines.Count >= height)
        {
            lines.RemoveRange(Math.Max(0, height - 1), lines.Count - Math.Max(0, height - 1));
        }

        while (lines.Count < height - 1)
        {
            lines.Add("");
        }

        lines.Add(TerminalText.Cut(state.IsPaused ? "paused: press space to continue" : TopState.Keys, width));
        Write($"{Home}{string.Join("\r\n", lines.Select(line => line + EraseLine))}{EraseBelow}");
    }

    /// <summary>Renders an object with Spectre.Console.</summary>
    public static string Render(IRenderable what, int width, bool isColoured)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isColoured ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isColoured ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = width;
        console.Write(what);
        return text.ToString().Replace("\r", "", StringComparison.Ordinal);
    }

    public void Dispose()
    {
        try
        {
            Write(Leave);
        }
        catch (IOException)
        {
            // The terminal is gone.
        }
    }

    private void Write(string text)
    {
        _output.Write(Encoding.UTF8.GetBytes(text));
        _output.Flush();
    }
}
