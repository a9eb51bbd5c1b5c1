using System.Data.Common;
using DuckDB.NET.Data;
using NetMon.Query.Printing;
using NetMon.Query.Sql;

namespace NetMon.Query;

/// <summary>Prints, copies or reads the rows of questions. Not thread-safe.</summary>
/// <param name="connection">The connection to the database; borrowed.</param>
internal sealed class AskedRows(DuckDBConnection connection)
{
    /// <summary>Wraps a question in DuckDB's query(), which accepts a single SELECT only.</summary>
    public static string Asked(string sql) => $"query({SqlText.Quote(sql)})";

    /// <summary>Prints the answer to a question.</summary>
    /// <exception cref="DuckDBException">The question is invalid or not a single SELECT, or a file is corrupt.</exception>
    public void Print(Statement statement, PrintStyle style, TextWriter output)
    {
        var question = Asked(statement.Sql);
        if (statement.Explain is { } explain)
        {
            PrintPlan($"{explain} SELECT * FROM {question}", output);
            return;
        }

        // Cast to text, each value is printed as DuckDB does.
        var columns = Describe(question);
        using var command = connection.CreateCommand();
        command.CommandText = style.Format is OutputFormat.Json or OutputFormat.Ndjson ? $"SELECT to_json(q)::VARCHAR FROM {question} AS q" : $"SELECT COLUMNS(*)::VARCHAR FROM {question}";
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        RowPrinter.Of(style, columns, output).Print(reader);
    }

    /// <summary>Returns the first column of the answer.</summary>
    /// <exception cref="DuckDBException">A file is corrupt.</exception>
    public IEnumerable<string> Texts(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return reader.GetString(0);
        }
    }

    /// <summary>Writes the answer to a file.</summary>
    /// <exception cref="DuckDBException">The question is invalid or not a single SELECT, a file is corrupt, or the path can't be written.</exception>
    public void Copy(string question, CopyFormat format, string path) =>
        Execute($"COPY (SELECT * FROM {Asked(question)}) TO {SqlText.Quote(path)} (USE_TMP_FILE false, {OptionsOf(format)})");

    /// <summary>Reads the rows of a question one by one.</summary>
    /// <exception cref="DuckDBException">The question is invalid, or a file is corrupt.</exception>
    public void Read(string question, Action<DbDataReader> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {Asked(question)}";
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        read(reader);
    }

    private static string OptionsOf(CopyFormat format) => format switch
    {
        CopyFormat.Parquet => "FORMAT parquet, COMPRESSION zstd",
        CopyFormat.Csv => "FORMAT csv, HEADER",
        CopyFormat.CsvRows => "FORMAT csv, HEADER false",
        _ => "FORMAT json",
    };

    private List<ColumnHead> Describe(string question)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {question})";
        using var reader = command.ExecuteReader();
        List<ColumnHead> columns = [];
        while (reader.Read())
        {
            columns.Add(new ColumnHead(reader.GetString(0), reader.GetString(1)));
        }

        return columns;
    }

    private void PrintPlan(string sql, TextWriter output)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            output.Write(reader.GetString(1).TrimEnd('\n') + "\n");
        }
    }

    private void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
