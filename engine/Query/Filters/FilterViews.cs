namespace NetMon.Query.Filters;

/// <summary>The views that lie between the relations and the shipped views, where there is a filter: see schemas/views.sql.</summary>
internal static class FilterViews
{
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
}
