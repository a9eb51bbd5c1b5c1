namespace NetMon.Query.Planning;

/// <summary>The expression of a filter above a scan, as printed by EXPLAIN: (a), or ((a) AND (b)).</summary>
internal static class FilterExpression
{
    private const string And = " AND ";

    /// <summary>Splits a conjunction into its conditions; returns the expression itself if it is not one.</summary>
    public static IReadOnlyList<string> Conditions(string expression)
    {
        List<string> conditions = [];
        var (depth, inText, from) = (0, false, 1);
        for (var at = 0; at < expression.Length; at++)
        {
            if (expression[at] == '\'')
            {
                inText = !inText;
            }
            else if (inText)
            {
                continue;
            }
            else if (expression[at] == '(')
            {
                depth++;
            }
            else if (expression[at] == ')' && --depth == 0 && at != expression.Length - 1)
            {
                return [expression]; // the first parenthesis does not enclose everything
            }
            else if (depth == 1 && string.CompareOrdinal(expression, at, And, 0, And.Length) == 0)
            {
                conditions.Add(expression[from..at]);
                from = at + And.Length;
            }
        }

        return conditions.Count == 0 || expression[0] != '(' ? [expression] : [.. conditions, expression[from..^1]];
    }
}
