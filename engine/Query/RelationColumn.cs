using NetMon.Parquet;

namespace NetMon.Query;

/// <summary>A column of a relation.</summary>
/// <param name="Name">Its name, unquoted.</param>
/// <param name="Type">DuckDB's name of its type.</param>
internal sealed record RelationColumn(string Name, string Type)
{
    /// <summary>The name for use in SQL; some names are reserved words.</summary>
    public string Quoted => $"\"{Name}\"";

    /// <summary>The definition for CREATE TABLE.</summary>
    public string Definition => $"{Quoted} {Type}";

    /// <summary>Its kind in a Parquet file of the current version.</summary>
    public ColumnKind Kind => Type switch
    {
        "BOOLEAN" => ColumnKind.Boolean,
        "INTEGER" => ColumnKind.Int32,
        "BIGINT" => ColumnKind.Int64,
        "TIMESTAMP" => ColumnKind.Timestamp,
        "VARCHAR" => ColumnKind.Text,
        _ => ColumnKind.Other,
    };
}
