namespace NetMon.Query.Printing;

/// <summary>
/// Prints tab-separated values with or without a header, one row per line, for programs that split lines. Tabs, newlines and backslashes in a text are
/// written as \t, \n, \r and \\; NULL is empty, and an empty text is "".
/// </summary>
internal sealed class TsvPrinter(IReadOnlyList<ColumnHead> columns, TextWriter output, bool hasHeader) : RowPrinter(columns, output)
{
    protected override void Begin()
    {
        if (hasHeader)
        {
            Add([.. Columns.Select(column => column.Name)]);
        }
    }

    protected override void Add(string?[] row) => Output.Write(string.Join('\t', row.Select(text => text is "" ? "\"\"" : Escaped(text ?? ""))) + "\n");

    private static string Escaped(string text) => text.AsSpan().IndexOfAny("\t\n\r\\") < 0 ? text
        : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
}
