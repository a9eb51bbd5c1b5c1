using NetMon.Query.Files;
using NetMon.Query.Sql;

namespace NetMon.Query;

/// <summary>The SQL of a relation over certain files, with the relation's own columns and types.</summary>
internal static class RelationSql
{
    private const string OfHours = "hive_partitioning = true, hive_types = {'date': DATE, 'hour': BIGINT}";
    private const string OfDays = "hive_partitioning = false";

    /// <summary>Returns the definition of an empty table with the relation's columns.</summary>
    public static string Definition(Relation relation, string name) =>
        $"CREATE TABLE {name} ({string.Join(", ", RelationColumns.Of(relation).Select(column => column.Definition))})";

    /// <summary>Returns the name of that table.</summary>
    public static string EmptyOf(Relation relation) => $"netmon_no_{relation}".ToLowerInvariant();

    /// <summary>Returns a query for the rows of Parquet files and of other sources with the same columns.</summary>
    public static string Of(Relation relation, IReadOnlyList<ReadableFile> files, params IEnumerable<string> others)
    {
        var columns = RelationColumns.Of(relation);
        List<string> parts = [];
        if (files.Where(file => file.IsCurrent).ToList() is { Count: > 0 } current)
        {
            parts.Add($"SELECT {Names(columns)} FROM {Read(relation, current, "")}");
        }

        if (files.Where(file => !file.IsCurrent).ToList() is { Count: > 0 } older)
        {
            // Columns that such files lack are null, and their unsigned numbers become signed.
            var converted = string.Join(", ", columns.Select(column => $"{column.Quoted}::{column.Type} AS {column.Quoted}"));
            parts.Add($"SELECT {converted} FROM (FROM {EmptyOf(relation)} UNION ALL BY NAME SELECT * FROM {Read(relation, older, ", union_by_name = true")})");
        }

        parts.AddRange(others);
        return parts.Count > 0 ? string.Join(" UNION ALL ", parts) : $"FROM {EmptyOf(relation)}";
    }

    /// <summary>Returns the columns for a SELECT.</summary>
    public static string Names(IEnumerable<RelationColumn> columns) => string.Join(", ", columns.Select(column => column.Quoted));

    private static string Read(Relation relation, IEnumerable<ReadableFile> files, string more) =>
        $"read_parquet([{string.Join(", ", files.Select(file => SqlText.Quote(file.File.Path)))}], {(relation == Relation.Loss ? OfDays : OfHours)}{more})";
}
