using System.Text.RegularExpressions;
using NetMon.Query.Sql;

namespace NetMon.Query.Filters;

/// <summary>
/// --since for new_destinations: what was reached first since then, compared with all that is known from before. So it is no condition on
/// what is read, as it is for all other views.
/// </summary>
internal static partial class NewSince
{
    private const string View = "new_destinations";

    /// <summary>The filter that a question is answered with, and since when a destination is new; null where it does not ask for these.</summary>
    /// <param name="filter">What was given.</param>
    /// <param name="question">Its SQL.</param>
    /// <exception cref="FormatException">It asks for other rows too, for which --since would mean something else.</exception>
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
            ? throw new FormatException($"--since is when a destination is new for {View}, and what is read for everything else: ask for {View} by itself, or give a WHERE instead")
            : (filter with { Since = null }, filter.Since);
    }

    [GeneratedRegex(@"\bevents\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Events();
}
