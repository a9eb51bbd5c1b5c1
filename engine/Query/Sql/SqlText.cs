namespace NetMon.Query.Sql;

/// <summary>Enough of SQL's grammar to split a text into statements: texts, quoted names and comments.</summary>
internal static class SqlText
{
    /// <summary>Quotes a text as a literal.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Returns the end of the token at a position: a quoted text, a comment, or a single character.</summary>
    public static int Next(string sql, int at) => sql[at] switch
    {
        '\'' => EndOfQuoted(sql, at, IsEscaping(sql, at)),
        '"' => EndOfQuoted(sql, at, escapes: false),
        '-' when sql.AsSpan(at).StartsWith("--") => EndOf(sql, at, "\n"),
        '/' when sql.AsSpan(at).StartsWith("/*") => EndOfComment(sql, at),
        '$' when DollarQuote(sql, at) is { } tag => EndOf(sql, at + tag.Length, tag),
        _ => at + 1,
    };

    /// <summary>Returns the first word in capitals, or the first character that is not part of a word; empty if there are only comments.</summary>
    public static string FirstWord(string sql, out int end)
    {
        var at = 0;
        while (at < sql.Length && (char.IsWhiteSpace(sql[at]) || sql.AsSpan(at).StartsWith("--") || sql.AsSpan(at).StartsWith("/*")))
        {
            at = Next(sql, at);
        }

        end = at;
        while (end < sql.Length && (char.IsAsciiLetterOrDigit(sql[end]) || sql[end] == '_'))
        {
            end++;
        }

        end = end == at ? Math.Min(at + 1, sql.Length) : end;
        return sql[Math.Min(at, sql.Length)..end].ToUpperInvariant();
    }

    private static bool IsEscaping(string sql, int at) =>
        at > 0 && sql[at - 1] is 'e' or 'E' && (at < 2 || !(char.IsLetterOrDigit(sql[at - 2]) || sql[at - 2] == '_'));

    private static int EndOfQuoted(string sql, int at, bool escapes)
    {
        var quote = sql[at];
        for (var index = at + 1; index < sql.Length; index++)
        {
            if (escapes && sql[index] == '\\')
            {
                index++;
            }
            else if (sql[index] == quote)
            {
                return index + 1; // a doubled quote is treated as the start of another quoted text
            }
        }

        return sql.Length;
    }

    private static int EndOfComment(string sql, int at)
    {
        var depth = 0;
        for (var index = at; index < sql.Length; index++)
        {
            if (sql.AsSpan(index).StartsWith("/*"))
            {
                (depth, index) = (depth + 1, index + 1);
            }
            else if (sql.AsSpan(index).StartsWith("*/"))
            {
                (depth, index) = (depth - 1, index + 1);
                if (depth == 0)
                {
                    return index + 1;
                }
            }
        }

        return sql.Length;
    }

    private static int EndOf(string sql, int at, string end) =>
        sql.IndexOf(end, at, StringComparison.Ordinal) is var found and >= 0 ? found + end.Length : sql.Length;

    /// <summary>Returns the opening of a dollar-quoted text, $$ or $tag$; null if there is none.</summary>
    private static string? DollarQuote(string sql, int at)
    {
        var end = at + 1;
        while (end < sql.Length && (char.IsLetterOrDigit(sql[end]) || sql[end] == '_'))
        {
            end++;
        }

        return end < sql.Length && sql[end] == '$' && !(end > at + 1 && char.IsDigit(sql[at + 1])) ? sql[at..(end + 1)] : null;
    }
}
