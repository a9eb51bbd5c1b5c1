using System.Globalization;
using System.Text.RegularExpressions;

namespace NetMon.Query.Planning;

/// <summary>Parses the conditions that DuckDB has pushed into a scan, as printed by EXPLAIN. Unrecognised conditions do not limit the bounds.</summary>
internal static partial class FilterText
{
    /// <summary>Returns the bounds of a scan, given conditions that all hold for every row that the question needs.</summary>
    public static ScanBounds Bounds(IReadOnlyList<string> conditions)
    {
        // A text that contains a newline is printed on two lines, which may look like anything.
        if (conditions.Any(condition => condition.Count(c => c == '\'') % 2 != 0))
        {
            return ScanBounds.Everything;
        }

        var bounds = ScanBounds.Everything;
        var (firstHour, lastHour) = (0, 23);
        foreach (var condition in conditions)
        {
            if (Node().Match(condition) is { Success: true } node)
            {
                bounds = bounds with { Node = node.Groups[1].Value.Replace("''", "'", StringComparison.Ordinal) };
            }
            else if (Hours().IsMatch(condition))
            {
                foreach (Match hour in Hour().Matches(condition))
                {
                    (firstHour, lastHour) = Narrow(firstHour, lastHour, hour);
                }
            }
            else if (HourStart().Match(condition) is { Success: true } start)
            {
                bounds = Narrow(bounds, start);
            }
            else if (Times().IsMatch(condition))
            {
                foreach (Match time in Time().Matches(condition))
                {
                    bounds = Narrow(bounds, time);
                }
            }
        }

        // Hours of one day form a range of time; hours of several days do not.
        var day = bounds.From.Date;
        return bounds.To != DateTime.MaxValue && bounds.To - day < TimeSpan.FromDays(1)
            ? bounds with { From = Later(bounds.From, At(day, firstHour * TimeSpan.TicksPerHour)), To = Earlier(bounds.To, At(day, (lastHour + 1) * TimeSpan.TicksPerHour - 1)) }
            : bounds;
    }

    private static (int First, int Last) Narrow(int first, int last, Match condition)
    {
        var value = int.TryParse(condition.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var hour) ? Math.Min(hour, 24) : 24;
        return condition.Groups[1].Value switch
        {
            "=" => (Math.Max(first, value), Math.Min(last, value)),
            ">" => (Math.Max(first, value + 1), last),
            ">=" => (Math.Max(first, value), last),
            "<" => (first, Math.Min(last, value - 1)),
            _ => (first, Math.Min(last, value)),
        };
    }

    private static ScanBounds Narrow(ScanBounds bounds, Match condition)
    {
        var (column, comparison) = (condition.Groups[1].Value, condition.Groups[2].Value);
        if (!DateTime.TryParse(condition.Groups[3].ValueSpan, CultureInfo.InvariantCulture, DateTimeStyles.None, out var value))
        {
            return bounds;
        }

        // A roll-up's first and last are times within its hour, as timestamp is within an event's.
        var length = column == "date" ? TimeSpan.FromDays(1) - TimeSpan.FromTicks(1) : TimeSpan.Zero;
        var end = value > DateTime.MaxValue - length ? DateTime.MaxValue : value + length;
        return comparison switch
        {
            "=" => bounds with { From = Later(bounds.From, value), To = Earlier(bounds.To, end) },
            ">" or ">=" => bounds with { From = Later(bounds.From, value) },
            _ => bounds with { To = Earlier(bounds.To, end) },
        };
    }

    /// <summary>A moment relative to a day, limited to the range of <see cref="DateTime"/>.</summary>
    private static DateTime At(DateTime day, long ticks) => new(Math.Clamp(day.Ticks + ticks, 0, DateTime.MaxValue.Ticks), day.Kind);

    private static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    private const string Comparison = @"(?:timestamp|date|first|last)(?:=|>=|<=|>|<)'[0-9][0-9: .-]*'::(?:TIMESTAMP|DATE)";

    [GeneratedRegex($"^{Comparison}(?: AND {Comparison})*$")]
    private static partial Regex Times();

    [GeneratedRegex(@"(timestamp|date|first|last)(=|>=|<=|>|<)'([0-9][0-9: .-]*)'::(?:TIMESTAMP|DATE)")]
    private static partial Regex Time();

    // The form in which the views express that an hour is not needed, in a filter above the scan.
    [GeneratedRegex(@"^\(\((date) \+ to_hours\(hour\)\) (>=|>) '([0-9][0-9: .-]*)'::TIMESTAMP\)$")]
    private static partial Regex HourStart();

    [GeneratedRegex("^node='((?:[^']|'')*)'$")]
    private static partial Regex Node();

    [GeneratedRegex("^hour(?:=|>=|<=|>|<)[0-9]+(?: AND hour(?:=|>=|<=|>|<)[0-9]+)*$")]
    private static partial Regex Hours();

    [GeneratedRegex("hour(=|>=|<=|>|<)([0-9]+)")]
    private static partial Regex Hour();
}
