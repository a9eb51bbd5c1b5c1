using NetMon.Events.Columns;

namespace NetMon.UnitTests.Readers;

/// <summary>A question in SQL. Every value is read as a text, so that no number passes through another type.</summary>
/// <param name="Text">The expression of a column's value as a text; {0} is its name.</param>
/// <param name="Time">The same for a column of times: microseconds since 1970.</param>
/// <param name="TimeLiteral">A literal of a time; {0} is its text.</param>
/// <param name="EscapesBackslash">Whether a backslash in a text is written twice.</param>
internal sealed record SqlText(string Text, string Time, string TimeLiteral, bool EscapesBackslash = false)
{
    public string Of(Question question, string table) =>
        $"SELECT {string.Join(", ", question.Columns.Select(Value))} FROM {table}"
        + (question.Conditions.Length > 0 ? $" WHERE {string.Join(" AND ", question.Conditions.Select(Condition))}" : "");

    private string Value(string column) => string.Format(null, column is "timestamp" or "first" or "last" or "from_time" or "to_time" ? Time : Text, column);

    private string Condition(Condition condition) =>
        condition.Value is null ? $"\"{condition.Column}\" IS NULL" : $"\"{condition.Column}\" {condition.Operator} {Literal(condition.Type, condition.Value)}";

    private string Literal(ColumnType type, string value) => type switch
    {
        ColumnType.Text => $"'{Escaped(value).Replace("'", "''", StringComparison.Ordinal)}'",
        ColumnType.Timestamp => string.Format(null, TimeLiteral, $"{DateTime.UnixEpoch.AddMicroseconds(long.Parse(value, null)):yyyy-MM-dd HH:mm:ss.ffffff}"),
        _ => value,
    };

    private string Escaped(string value) => EscapesBackslash ? value.Replace("\\", @"\\", StringComparison.Ordinal) : value;
}
