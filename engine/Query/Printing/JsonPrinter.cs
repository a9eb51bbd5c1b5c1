namespace NetMon.Query.Printing;

/// <summary>A JSON object a line, as DuckDB's to_json made it.</summary>
internal sealed class JsonPrinter(IReadOnlyList<ColumnHead> columns, TextWriter output) : RowPrinter(columns, output)
{
    protected override void Add(string?[] row)
    {
        Output.Write(row[0]);
        Output.Write('\n');
    }
}
