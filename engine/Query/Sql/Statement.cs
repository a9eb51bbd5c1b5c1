namespace NetMon.Query.Sql;

/// <summary>A statement of a question.</summary>
/// <param name="Sql">The SELECT, without a leading EXPLAIN and the semicolon.</param>
/// <param name="Explain">The leading EXPLAIN or EXPLAIN ANALYZE; null if there is none.</param>
internal sealed record Statement(string Sql, string? Explain)
{
    private static readonly string[] Selecting = ["SELECT", "FROM", "WITH", "VALUES", "TABLE", "DESCRIBE", "DESC", "SHOW", "SUMMARIZE", "PIVOT", "UNPIVOT"];

    /// <summary>Splits a text into statements.</summary>
    /// <exception cref="QueryException">There is none, or one that is not a SELECT.</exception>
    public static IReadOnlyList<Statement> Parse(string text)
    {
        List<Statement> statements = [.. Split(text).Select(Of)];
        return statements.Count > 0 ? statements : throw new QueryException("that is no question: give a SELECT");
    }

    private static Statement Of(string sql)
    {
        string? explain = null;
        var word = SqlText.FirstWord(sql, out var end);
        if (word == "EXPLAIN")
        {
            (explain, sql) = ("EXPLAIN", sql[end..]);
            word = SqlText.FirstWord(sql, out end);
            if (word == "ANALYZE")
            {
                (explain, sql) = ("EXPLAIN ANALYZE", sql[end..]);
                word = SqlText.FirstWord(sql, out _);
            }
        }

        return word == "(" || Selecting.Contains(word)
            ? new Statement(sql, explain)
            : throw new QueryException($"{(word.Length > 0 ? word : "that")} is not one SELECT: a capture is only read, by SELECT, FROM, WITH, VALUES, DESCRIBE, SHOW, SUMMARIZE, PIVOT and EXPLAIN of these");
    }

    private static IEnumerable<string> Split(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && text[end] != ';')
            {
                end = SqlText.Next(text, end);
            }

            var statement = text[start..Math.Min(end, text.Length)];
            if (SqlText.FirstWord(statement, out _).Length > 0)
            {
                yield return statement.Trim();
            }

            start = end + 1;
        }
    }
}
