using System.Buffers;

namespace NetMon.Query.Printing;

/// <summary>Prints comma-separated values by RFC 4180, with a header, line feeds as line ends, and NULL as empty.</summary>
internal sealed class CsvPrinter(IReadOnlyList<ColumnHead> columns, TextWriter output) : RowPrinter(columns, output)
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    protected override void Begin() => Add([.. Columns.Select(column => column.Name)]);

    protected override void Add(string?[] row)
    {
        for (var column = 0; column < row.Length; column++)
        {
            if (column > 0)
            {
                Output.Write(',');
            }

            var text = row[column] ?? "";
            // An empty text is quoted to distinguish it from NULL.
            Output.Write(row[column] is "" || text.AsSpan().ContainsAny(Special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text);
        }

        Output.Write('\n');
    }
}
