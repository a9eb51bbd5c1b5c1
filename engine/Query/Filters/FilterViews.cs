namespace NetMon.Query.Filters;

/// <summary>The views that lie between the relations and the shipped views, where there is a filter: see schemas/views.sql.</summary>
internal static class FilterViews
{
    /// <summary>Those that compare attempts that failed with others.</summary>
    private static readonly string[] Comparing = ["failing_since", "scans"];

    /// <summary>Whether shipped views, by their statements, see both ends of connections.</summary>
    public static bool PairsEnds(IReadOnlyList<string> views) => Makes(views, "pairs");

    /// <summary>Refuses views that compare what a filter leaves out.</summary>
    /// <exception cref="FormatException">There is one.</exception>
    public static void Check(Filter filter, IReadOnlyList<string> views)
    {
        if (filter.HasOutcome && Array.Find(Comparing, view => Makes(views, view)) is { } name)
        {
            throw new FormatException($"{name} compares attempts that failed with those that did not: it takes no {string.Join(", ", filter.Criteria.Where(criterion => criterion.Kind == CriterionKind.Outcome).Select(criterion => criterion.Option))}; give a WHERE instead");
        }
    }

    /// <summary>The statements that make them, after the shipped views.</summary>
    /// <param name="filter">What is looked at.</param>
    /// <param name="schema">Where the relations are.</param>
    /// <param name="pairsEnds">Whether the questions see both ends of connections: then those that are not selected are needed too.</param>
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

    /// <summary>Whether a view is among those that statements make.</summary>
    public static bool Makes(IReadOnlyList<string> views, string name) => views.Any(sql => sql.StartsWith($"CREATE OR REPLACE VIEW {name} ", StringComparison.Ordinal));
}
