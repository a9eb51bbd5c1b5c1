using System.Globalization;

namespace NetMon.Query.Report;

/// <summary>The time range of a report, UTC.</summary>
/// <param name="From">The start, inclusive.</param>
/// <param name="To">The end, exclusive.</param>
internal sealed record ReportWindow(DateTime From, DateTime To)
{
    private static readonly TimeSpan LongestByMinute = TimeSpan.FromHours(6);
    private static readonly TimeSpan History = TimeSpan.FromDays(30);

    /// <summary>Creates a range. If it is shown by hour, it starts at a full hour, so that no events must be read for a part of an hour.</summary>
    public static ReportWindow Of(DateTime from, DateTime to)
    {
        var window = new ReportWindow(from, to);
        return window.ByMinute ? window : window with { From = window.FirstHour };
    }

    /// <summary>The start of the first hour; roll-ups are for whole hours.</summary>
    public DateTime FirstHour => From.Date.AddHours(From.Hour);

    /// <summary>Whether the timeline is computed from events, by minute; else from roll-ups, by hour.</summary>
    public bool ByMinute => To - From <= LongestByMinute;

    /// <summary>The resolution of the timeline in milliseconds.</summary>
    public int StepMilliseconds => ByMinute ? 60_000 : 3_600_000;

    public string FromText => Literal(From);

    public string ToText => Literal(To);

    /// <summary>The start of the time that is searched for earlier destinations.</summary>
    public DateTime HistoryFrom => FirstHour - History;

    public string HistoryText => Literal(HistoryFrom);

    private static string Literal(DateTime time) => string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{time:yyyy-MM-dd HH:mm:ss.ffffff}'");
}
