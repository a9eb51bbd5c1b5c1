using NetMon.Events.Columns;
using NetMon.UnitTests.Layout;
using Xunit;

namespace NetMon.UnitTests.Readers;

/// <summary>The table declarations in docs/cluster.md have all columns, with signed types.</summary>
public sealed class DocumentedTablesTests
{
    private static readonly string Document = File.ReadAllText(RepositoryFiles.Find("docs/cluster.md", "restore it from git"));

    [Fact]
    public void The_Trino_table_has_every_column() => AssertDeclared(column => $"\"{column.Name}\" {TypeOf(column.Type, "timestamp(6)", "integer", "bigint", "boolean", "varchar")}");

    [Fact]
    public void The_Athena_table_has_every_column() => AssertDeclared(column => $"`{column.Name}` {TypeOf(column.Type, "timestamp", "int", "bigint", "boolean", "string")}");

    [Fact]
    public void The_ClickHouse_table_has_every_column() => AssertDeclared(column =>
        $"{column.Name} {TypeOf(column.Type, @"DateTime64(6, \'UTC\')", "Nullable(Int32)", "Nullable(Int64)", "Nullable(Bool)", "Nullable(String)")}");

    private static void AssertDeclared(Func<EventColumn, string> declaration)
    {
        var unbroken = string.Join(' ', Document.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(string.Join(", ", EventColumns.All.Select(declaration)), unbroken, StringComparison.Ordinal);
    }

    private static string TypeOf(ColumnType type, string time, string small, string large, string flag, string text) => type switch
    {
        ColumnType.Timestamp => time,
        ColumnType.Int32 => small,
        ColumnType.Int64 => large,
        ColumnType.Boolean => flag,
        _ => text,
    };
}
