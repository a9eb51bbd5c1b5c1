using System.Text.RegularExpressions;
using NetMon.Query.Sql;

namespace NetMon.Query.Filters;

/// <summary>
/// --since for new_destinations: the destinations that were first reached since then, compared with everything known from before. So it does
/// not limit what is read, as it does for all other views.
/// </summary>
internal static partial class NewSince
{
    private const string View = "new_destinations";

    /// <summary>Returns the filter for a question, and the time since when a destination is new; null if the question does not ask for new destinations.</summary>
    /// <param name="filter">The filter given.</param>
    /// <param name="question">The question's SQL.</param>
    /// <exception cref="FormatException">The question also asks for other rows, for which --since has a different meaning.</exception>
    public static (Filter Filter, DateTime? Since) Of(Filter filter, string question)
    {
        if (filter.Since is null)
        {
            return (filter, null);
        }

        var script = ViewScript.Shipped();
        var own = script.NeededBy(View);
        var asked = script.NeededBy(question);
        if (!FilterViews.Makes(asked, View))
        {
            return (filter, null);
        }

        return asked.Any(sql => !own.Contains(sql) && sql.StartsWith("CREATE OR REPLACE VIEW ", StringComparison.Ordinal)) || Events().IsMatch(question)
            ? throw new FormatException($"for {View}, --since is the time from which a destination is new; for other views it selects the events to read: query {View} alone, or use a WHERE clause instead")
            : (filter with { Since = null }, filter.Since);
    }

    [GeneratedRegex(@"\bevents\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Events();
}
