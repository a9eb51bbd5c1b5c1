namespace NetMon.Query.Filters;

/// <summary>Conditions of SQL, put together.</summary>
internal static class SqlCondition
{
    /// <summary>All of them; of none, true.</summary>
    public static string All(params IReadOnlyList<string> conditions) => Join(conditions, " AND ", "true");

    /// <summary>One of them at least; of none, false.</summary>
    public static string Any(params IReadOnlyList<string> conditions) => Join(conditions, " OR ", "false");

    /// <summary>Not this one; true where it is NULL.</summary>
    public static string Not(string condition) => $"NOT coalesce({condition}, false)";

    private static string Join(IReadOnlyList<string> conditions, string between, string ofNone) =>
        conditions.Count switch { 0 => ofNone, 1 => conditions[0], _ => $"({string.Join(between, conditions)})" };
}
