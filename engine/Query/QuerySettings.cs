using NetMon.Query.Filters;
using NetMon.Query.Printing;
using NetMon.Query.Report;
using NetMon.Query.Sql;

namespace NetMon.Query;

/// <summary>What the command line asks for.</summary>
/// <param name="Capture">Where the capture is.</param>
/// <param name="Filter">What of it is looked at.</param>
/// <param name="Statements">The questions; null for the picture.</param>
/// <param name="Text">Their text.</param>
/// <param name="Style">How rows are printed.</param>
/// <param name="Report">What makes the questions a report's, whose answers are the data of its page; else null.</param>
internal sealed record QuerySettings(CaptureSettings Capture, Filter Filter, IReadOnlyList<Statement>? Statements, string Text, PrintStyle Style, ReportQuestions? Report = null)
{
    /// <summary>Where DuckDB itself writes the answer, in what format: Parquet, and all of an export. Null where rows are printed.</summary>
    public CopyFormat? Copy { get; init; }

    /// <summary>Since when a destination is new for new_destinations, UTC; null: since the capture's last day began.</summary>
    public DateTime? NewSince { get; init; }

    /// <summary>Those of questions in SQL, or of the picture.</summary>
    /// <exception cref="FormatException">The filter does not go with the question.</exception>
    public static QuerySettings Of(CaptureSettings capture, Filter filter, IReadOnlyList<Statement>? statements, string text, PrintStyle style)
    {
        var (selected, newSince) = NetMon.Query.Filters.NewSince.Of(filter, text);
        return new QuerySettings(capture, selected, statements, text, style) { NewSince = newSince };
    }
}
