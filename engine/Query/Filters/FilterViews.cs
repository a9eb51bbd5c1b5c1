using NetMon.Query.Sql;

namespace NetMon.Query.Filters;

/// <summary>The views that apply the filter, between the relations and the shipped views; see schemas/views.sql.</summary>
internal static class FilterViews
{
    /// <summary>The views that compare failed attempts with others.</summary>
    private static readonly string[] Comparing = ["failing_since", "scans"];

    /// <summary>Shipped views that a filter replaces, so that the relations in their statements are not needed.</summary>
    private static readonly string[] Replaced = ["open_events", "both_ends", "all_rollups"];

    /// <summary>Whether any of the views, by their statements, combine both ends of connections.</summary>
    public static bool PairsEnds(IReadOnlyList<string> views) => Makes(views, "pairs");

    /// <summary>Rejects views that compare with rows that the filter leaves out.</summary>
    /// <exception cref="FormatException">There is such a view.</exception>
    public static void Check(Filter filter, IReadOnlyList<string> views)
    {
        if (filter.HasOutcome && Array.Find(Comparing, view => Makes(views, view)) is { } name)
        {
            throw new FormatException($"{name} compares failed attempts with others, so it can't be combined with {string.Join(", ", filter.Criteria.Where(criterion => criterion.Kind == CriterionKind.Outcome).Select(criterion => criterion.Option))}; use a WHERE clause instead");
        }
    }

    /// <summary>Returns the words of SQL that may name a view. A word that only looks like a name costs an unnecessary view.</summary>
    /// <param name="sql">The questions, and the statements of the views that they use.</param>
    public static IReadOnlySet<string> NamedBy(IReadOnlyList<string> sql) =>
        ViewScript.Words(string.Join('\n', sql.Where(text => !Array.Exists(Replaced, view => Makes([text], view)))));

    /// <summary>Returns the statements that create the views, to run after the shipped views.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="schema">The schema of the relations.</param>
    /// <param name="pairsEnds">Whether the questions combine both ends of connections; then the ends that are not selected are needed as well.</param>
    /// <param name="named">The names of the needed views; null: all. Other relations that the filter applies to are dropped, so that none is read unfiltered.</param>
    public static IEnumerable<string> Of(Filter filter, string schema, bool pairsEnds, IReadOnlySet<string>? named)
    {
        var selected = filter.OfEventsAtAnyTime is { } condition ? $"coalesce({condition}, false)" : "true";
        return filter.IsEmpty ? [] :
        [
            View("events", "*", Relation.Events, filter.OfEvents),
            View("unrolled", "*", Relation.Unrolled, filter.OfEvents),
            View("rollups", "*", Relation.Rollups, filter.OfSums),
            View("all_rollups", "*", Relation.Rollups, filter.OfCounts),
            View("kept", "*", Relation.Kept, filter.OfCounts),
            View("loss", "*", Relation.Loss, filter.OfLosses),
            View("ownership", "*", Relation.Ownership, filter.OfOwners),
            View("open_events", $"*, {selected} AS selected", Relation.Events, filter.OfWholeHours, pairsEnds ? null : filter.Nodes),
            View("both_ends", $"*, {selected} AS selected", Relation.Events, filter.OfTime),
        ];

        string View(string name, string columns, Relation relation, params string?[] conditions) => named is null || named.Contains(name)
            ? $"CREATE OR REPLACE VIEW {name} AS SELECT {columns} FROM {schema}.{relation.ToString().ToLowerInvariant()} WHERE {SqlCondition.All([.. conditions.OfType<string>()])}"
            : $"DROP VIEW IF EXISTS {name}";
    }

    /// <summary>Whether statements create a view.</summary>
    public static bool Makes(IReadOnlyList<string> views, string name) => views.Any(sql => sql.StartsWith($"CREATE OR REPLACE VIEW {name} ", StringComparison.Ordinal));
}
