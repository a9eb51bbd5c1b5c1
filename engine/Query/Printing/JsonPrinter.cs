namespace NetMon.Query.Printing;

/// <summary>Prints a JSON object per line, as produced by DuckDB's to_json.</summary>
internal sealed class JsonPrinter(IReadOnlyList<ColumnHead> columns, TextWriter output) : RowPrinter(columns, output)
{
    protected override void Add(string?[] row)
    {
        Output.Write(row[0]);
        Output.Write('\n');
    }
}
