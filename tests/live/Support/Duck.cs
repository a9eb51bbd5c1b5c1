using System.Globalization;
using DuckDB.NET.Data;

namespace NetMon.LiveTests.Support;

/// <summary>Stock DuckDB over a capture.</summary>
internal static class Duck
{
    /// <summary>The table function from the README.</summary>
    public static string Events(string capture) => $"read_parquet('{capture}/events/**/*.parquet', hive_partitioning = true)";

    /// <summary>The same for losses.</summary>
    public static string Losses(string capture) => $"read_parquet('{capture}/loss/**/*.parquet', hive_partitioning = true)";

    /// <summary>The same for roll-ups.</summary>
    public static string Rollups(string capture) => $"read_parquet('{capture}/rollup/**/*.parquet', hive_partitioning = true)";

    public static long Number(string sql) => Convert.ToInt64(Rows(sql).Single()[0], CultureInfo.InvariantCulture);

    /// <summary>All rows of the last statement, nulls as DBNull.</summary>
    public static IReadOnlyList<object[]> Rows(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<object[]> rows;
        do
        {
            rows = [];
            while (reader.Read())
            {
                var row = new object[reader.FieldCount];
                reader.GetValues(row);
                rows.Add(row);
            }
        }
        while (reader.NextResult());
        return rows;
    }
}
