namespace NetMon.Query.Printing;

/// <summary>A column of an answer.</summary>
/// <param name="Name">Its name in the question.</param>
/// <param name="Type">DuckDB's name of its type.</param>
internal sealed record ColumnHead(string Name, string Type)
{
    /// <summary>Whether it is numeric, and so aligned right.</summary>
    public bool IsNumber => Type is "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "HUGEINT" or "UTINYINT" or "USMALLINT" or "UINTEGER"
        or "UBIGINT" or "UHUGEINT" or "FLOAT" or "DOUBLE" || Type.StartsWith("DECIMAL", StringComparison.Ordinal);

    /// <summary>Whether its values may be truncated if a line is too long; truncated numbers and times would be wrong.</summary>
    public bool IsText => !IsNumber && Type is not ("BOOLEAN" or "DATE" or "TIME") && !Type.StartsWith("TIMESTAMP", StringComparison.Ordinal);
}
