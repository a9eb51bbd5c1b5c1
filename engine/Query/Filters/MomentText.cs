using System.Globalization;
using System.Text.RegularExpressions;
using NetMon.Foundation.CommandLines;

namespace NetMon.Query.Filters;

/// <summary>Times in options: RFC 3339, a date, a time of today, or an age. UTC unless an offset is given.</summary>
internal static partial class MomentText
{
    public const string Forms = "10m, 2h, 7d (ago), 14:30 (today, UTC), 2026-11-27 or 2026-11-27T14:30:00Z";

    private static readonly string[] Dates = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
    private static readonly string[] TimesOfDay = ["HH:mm", "HH:mm:ss"];

    /// <summary>Parses a time; null if malformed. The result is UTC.</summary>
    /// <param name="text">The text.</param>
    /// <param name="now">The current time, UTC.</param>
    public static DateTime? Parse(string text, DateTime now)
    {
        if (Age().IsMatch(text) && TimeText.Parse(text) is { } age)
        {
            return age < now - DateTime.MinValue ? now - age : null;
        }

        if (TimeOnly.TryParseExact(text, TimesOfDay, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return now.Date + time.ToTimeSpan();
        }

        var written = Nanoseconds().Replace(text.Replace(' ', 'T').Replace('t', 'T').Replace('z', 'Z'), "$1"); // .NET parses at most seven fractional digits
        return DateTimeOffset.TryParseExact(written, Dates, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment.UtcDateTime : null;
    }

    [GeneratedRegex(@"^[0-9]{1,9}(\.[0-9]{1,3})?(ms|s|m|h|d)$")]
    private static partial Regex Age();

    [GeneratedRegex(@"(\.[0-9]{7})[0-9]{1,2}")]
    private static partial Regex Nanoseconds();
}
