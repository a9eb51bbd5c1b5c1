using System.Globalization;

namespace NetMon.Query.Report;

/// <summary>The time that a report is about, UTC.</summary>
/// <param name="From">The first moment of it.</param>
/// <param name="To">The first moment behind it.</param>
internal sealed record ReportWindow(DateTime From, DateTime To)
{
    private static readonly TimeSpan LongestByMinute = TimeSpan.FromHours(6);
    private static readonly TimeSpan History = TimeSpan.FromDays(30);

    /// <summary>A time; one that is shown by hour begins with an hour, so that no hour's events must be read to cut its sums.</summary>
    public static ReportWindow Of(DateTime from, DateTime to)
    {
        var window = new ReportWindow(from, to);
        return window.ByMinute ? window : window with { From = window.FirstHour };
    }

    /// <summary>The beginning of the hour that <see cref="From"/> is in: sums are of whole hours.</summary>
    public DateTime FirstHour => From.Date.AddHours(From.Hour);

    /// <summary>Whether what happened when is read from the events themselves, by minute; else from the sums, by hour.</summary>
    public bool ByMinute => To - From <= LongestByMinute;

    /// <summary>Milliseconds between two points in time of what happened when.</summary>
    public int StepMilliseconds => ByMinute ? 60_000 : 3_600_000;

    public string FromText => Literal(From);

    public string ToText => Literal(To);

    /// <summary>Since when what was reached before is looked for.</summary>
    public DateTime HistoryFrom => FirstHour - History;

    public string HistoryText => Literal(HistoryFrom);

    private static string Literal(DateTime time) => string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{time:yyyy-MM-dd HH:mm:ss.ffffff}'");
}
