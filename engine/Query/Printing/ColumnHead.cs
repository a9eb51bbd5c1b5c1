namespace NetMon.Query.Printing;

/// <summary>A column of the answer.</summary>
/// <param name="Name">As the question calls it.</param>
/// <param name="Type">DuckDB's name of its type.</param>
internal sealed record ColumnHead(string Name, string Type)
{
    /// <summary>Numbers stand at the right.</summary>
    public bool IsNumber => Type is "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "HUGEINT" or "UTINYINT" or "USMALLINT" or "UINTEGER"
        or "UBIGINT" or "UHUGEINT" or "FLOAT" or "DOUBLE" || Type.StartsWith("DECIMAL", StringComparison.Ordinal);

    /// <summary>What may be cut where a line is too long: numbers and times would be others.</summary>
    public bool IsText => !IsNumber && Type is not ("BOOLEAN" or "DATE" or "TIME") && !Type.StartsWith("TIMESTAMP", StringComparison.Ordinal);
}
