using System.Globalization;
using System.Text;
using NetMon.Events.Columns;

namespace NetMon.UnitTests.Readers;

/// <summary>A condition on one column.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Operator">As in SQL: =, &lt;, &lt;=, &gt;, &gt;=.</param>
/// <param name="Value">As in the rows; null selects rows without a value.</param>
internal sealed record Condition(string Column, string Operator, string? Value)
{
    public ColumnType Type { get; } = EventColumns.All.Single(column => column.Name == Column).Type;

    /// <summary>Whether the condition selects a row of the files.</summary>
    public bool Matches(string?[] row)
    {
        var value = row[Array.IndexOf(ReaderFiles.Columns, Column)];
        return Value is null ? value is null : value is not null && Compare(value, Value) is var order && Operator switch
        {
            "=" => order == 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            ">=" => order >= 0,
            _ => throw new InvalidOperationException(Operator),
        };
    }

    /// <summary>Whether the condition may select a row of a group with these bounds.</summary>
    public bool MayMatch(string lowest, string highest) => Value is null || Operator switch
    {
        "=" => Compare(lowest, Value) <= 0 && Compare(highest, Value) >= 0,
        "<" => Compare(lowest, Value) < 0,
        "<=" => Compare(lowest, Value) <= 0,
        ">" => Compare(highest, Value) > 0,
        _ => Compare(highest, Value) >= 0,
    };

    public override string ToString() => Value is null ? $"{Column} IS NULL" : $"{Column} {Operator} {Value}";

    /// <summary>Compares texts by their bytes, as Parquet does.</summary>
    private int Compare(string value, string other) => Type is ColumnType.Text or ColumnType.Boolean
        ? Encoding.UTF8.GetBytes(value).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other))
        : long.Parse(value, CultureInfo.InvariantCulture).CompareTo(long.Parse(other, CultureInfo.InvariantCulture));
}
