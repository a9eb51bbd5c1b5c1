using System.Text.RegularExpressions;
using NetMon.Query.Sql;

namespace NetMon.Query.Planning;

/// <summary>
/// Conditions that hold for every open connection that a question needs, over columns that of_question in schemas/views.sql takes. Scans of
/// these rows are recognised by a specific condition. A condition that only some of these scans have is dropped.
/// </summary>
internal sealed partial class EndConditions
{
    private const string Mark = "protocol IS NOT NULL";
    private HashSet<string>? _common;

    /// <summary>An additional condition that holds for all questions; null if there is none.</summary>
    public string? OfAll { get; set; }

    /// <summary>The macro that limits other scans to these ends; null if there is no condition.</summary>
    public string? Macro => ((string[])[.. _common is null ? (string[])[] : [.. _common.Order(StringComparer.Ordinal)], .. OfAll is null ? (string[])[] : [OfAll]]) is { Length: > 0 } conditions
        ? $"CREATE OR REPLACE MACRO of_question(process, pid, container_id, pod_name, pod_namespace, container_name, workload) AS {string.Join(" AND ", conditions)}"
        : null;

    /// <summary>Adds the conditions of a scan, as printed by DuckDB's EXPLAIN.</summary>
    public void Add(IReadOnlyList<string> conditions)
    {
        if (!conditions.Any(condition => condition.Trim('(', ')') == Mark))
        {
            return;
        }

        // A text that contains a newline is printed on two lines, which may look like anything.
        HashSet<string> found = conditions.Any(condition => condition.Count(c => c == '\'') % 2 != 0) ? [] : [.. conditions.Select(Understood).OfType<string>()];
        if (_common is null)
        {
            _common = found;
        }
        else
        {
            _common.IntersectWith(found);
        }
    }

    private static string? Understood(string condition) =>
        Text().Match(condition) is { Success: true } text ? $"{text.Groups[1].Value} = {SqlText.Quote(text.Groups[2].Value.Replace("''", "'", StringComparison.Ordinal))}"
        : Number().IsMatch(condition) ? condition
        : null;

    [GeneratedRegex("^(process|container_id|pod_name)='((?:[^']|'')*)'$")]
    private static partial Regex Text();

    [GeneratedRegex("^pid=[0-9]{1,9}$")]
    private static partial Regex Number();
}
