using NetMon.Events.Columns;

namespace NetMon.UnitTests.Readers;

/// <summary>ClickHouse's server, embedded.</summary>
internal static class ClickHouse
{
    /// <summary>
    /// The columns as in docs/cluster.md, for files of more than one version: without them ClickHouse takes those of one file.
    /// </summary>
    private static readonly string Structure = string.Join(", ", [.. EventColumns.All.Select(column => $"{column.Name} {TypeOf(column.Type)}"), "date Date", "hour Int64"]);

    public static NodeReader Reader { get; } = new(
        "clickhouse", new SqlText("toString(\"{0}\")", "toString(toUnixTimestamp64Micro(\"{0}\"))", "toDateTime64('{0}', 6, 'UTC')", EscapesBackslash: true), Table);

    private static string Table(Question question) => question.Files switch
    {
        [var file] => $"file('{file}', 'Parquet')",
        [var file, ..] => $"file('{file[..file.IndexOf("/date=", StringComparison.Ordinal)]}/**/*.parquet', 'Parquet', '{Structure.Replace("'", @"\'", StringComparison.Ordinal)}')",
        _ => throw new InvalidOperationException("no files"),
    };

    private static string TypeOf(ColumnType type) => type switch
    {
        ColumnType.Timestamp => "DateTime64(6, 'UTC')",
        ColumnType.Int32 => "Nullable(Int32)",
        ColumnType.Int64 => "Nullable(Int64)",
        ColumnType.Boolean => "Nullable(Bool)",
        _ => "Nullable(String)",
    };
}
