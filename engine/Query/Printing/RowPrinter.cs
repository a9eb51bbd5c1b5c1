using System.Data.Common;

namespace NetMon.Query.Printing;

/// <summary>Prints rows of texts.</summary>
internal abstract class RowPrinter(IReadOnlyList<ColumnHead> columns, TextWriter output)
{
    protected IReadOnlyList<ColumnHead> Columns => columns;

    protected TextWriter Output => output;

    public static RowPrinter Of(PrintStyle style, IReadOnlyList<ColumnHead> columns, TextWriter output) => style.Format switch
    {
        OutputFormat.Csv => new CsvPrinter(columns, output),
        OutputFormat.Tsv => new TsvPrinter(columns, output, style.HasHeader),
        OutputFormat.Json or OutputFormat.Ndjson => new JsonPrinter(columns, output),
        OutputFormat.Markdown => new AlignedPrinter(columns, output, AlignedPrinter.Markdown, width: null),
        _ => new AlignedPrinter(columns, output, AlignedPrinter.Plain, style.Width),
    };

    /// <summary>Prints all rows of a reader.</summary>
    public void Print(DbDataReader reader)
    {
        Begin();
        while (reader.Read())
        {
            var row = new string?[reader.FieldCount];
            for (var column = 0; column < row.Length; column++)
            {
                row[column] = reader.IsDBNull(column) ? null : reader.GetString(column);
            }

            Add(row);
        }

        End();
    }

    protected virtual void Begin()
    {
    }

    /// <summary>Adds a row; null is SQL's NULL.</summary>
    protected abstract void Add(string?[] row);

    protected virtual void End()
    {
    }
}
