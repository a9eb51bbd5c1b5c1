namespace NetMon.Query.Filters;

/// <summary>Combines SQL conditions.</summary>
internal static class SqlCondition
{
    /// <summary>All of the conditions; true if there are none.</summary>
    public static string All(params IReadOnlyList<string> conditions) => Join(conditions, " AND ", "true");

    /// <summary>At least one of the conditions; false if there are none.</summary>
    public static string Any(params IReadOnlyList<string> conditions) => Join(conditions, " OR ", "false");

    /// <summary>Negation; true if the condition is NULL.</summary>
    public static string Not(string condition) => $"NOT coalesce({condition}, false)";

    private static string Join(IReadOnlyList<string> conditions, string between, string ofNone) =>
        conditions.Count switch { 0 => ofNone, 1 => conditions[0], _ => $"({string.Join(between, conditions)})" };
}
