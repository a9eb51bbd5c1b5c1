using NetMon.Query.Filters;
using NetMon.Query.Printing;
using NetMon.Query.Report;
using NetMon.Query.Sql;

namespace NetMon.Query;

/// <summary>The settings given on the command line.</summary>
/// <param name="Capture">The capture.</param>
/// <param name="Filter">The filter.</param>
/// <param name="Statements">The questions; null for the overview.</param>
/// <param name="Text">Their text.</param>
/// <param name="Style">How rows are printed.</param>
/// <param name="Report">The questions of a report, whose answers are the data of its page; else null.</param>
internal sealed record QuerySettings(CaptureSettings Capture, Filter Filter, IReadOnlyList<Statement>? Statements, string Text, PrintStyle Style, ReportQuestions? Report = null)
{
    /// <summary>Since when a destination is new for new_destinations, UTC; null: since the start of the capture's last day.</summary>
    public DateTime? NewSince { get; init; }

    /// <summary>Creates the settings for SQL questions, or for the overview.</summary>
    /// <exception cref="FormatException">The filter can't be combined with the question.</exception>
    public static QuerySettings Of(CaptureSettings capture, Filter filter, IReadOnlyList<Statement>? statements, string text, PrintStyle style)
    {
        var (selected, newSince) = NetMon.Query.Filters.NewSince.Of(filter, text);
        return new QuerySettings(capture, selected, statements, text, style) { NewSince = newSince };
    }
}
