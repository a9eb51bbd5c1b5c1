namespace NetMon.Query.Printing;

/// <summary>
/// Values with tabs between, a row a line, with a header: for programs that cut lines. A tab, a line's end and a backslash inside a text are
/// \t, \n, \r and \\; NULL is empty, and an empty text "".
/// </summary>
internal sealed class TsvPrinter(IReadOnlyList<ColumnHead> columns, TextWriter output) : RowPrinter(columns, output)
{
    protected override void Begin() => Add([.. Columns.Select(column => column.Name)]);

    protected override void Add(string?[] row) => Output.Write(string.Join('\t', row.Select(text => text is "" ? "\"\"" : Escaped(text ?? ""))) + "\n");

    private static string Escaped(string text) => text.AsSpan().IndexOfAny("\t\n\r\\") < 0 ? text
        : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
}
