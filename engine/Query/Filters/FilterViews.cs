namespace NetMon.Query.Filters;

/// <summary>The views that apply the filter, between the relations and the shipped views; see schemas/views.sql.</summary>
internal static class FilterViews
{
    /// <summary>The views that compare failed attempts with others.</summary>
    private static readonly string[] Comparing = ["failing_since", "scans"];

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

    /// <summary>Returns the statements that create the views, to run after the shipped views.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="schema">The schema of the relations.</param>
    /// <param name="pairsEnds">Whether the questions combine both ends of connections; then the ends that are not selected are needed as well.</param>
    public static IEnumerable<string> Of(Filter filter, string schema, bool pairsEnds)
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

        string View(string name, string columns, Relation relation, params string?[] conditions) =>
            $"CREATE OR REPLACE VIEW {name} AS SELECT {columns} FROM {schema}.{relation.ToString().ToLowerInvariant()} WHERE {SqlCondition.All([.. conditions.OfType<string>()])}";
    }

    /// <summary>Whether statements create a view.</summary>
    public static bool Makes(IReadOnlyList<string> views, string name) => views.Any(sql => sql.StartsWith($"CREATE OR REPLACE VIEW {name} ", StringComparison.Ordinal));
}
