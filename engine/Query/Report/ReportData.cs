using DuckDB.NET.Data;
using NetMon.Query.Sql;

namespace NetMon.Query.Report;

/// <summary>The answers to a report's questions as a JSON object: each is a list of rows, and a row is a list of values.</summary>
internal static class ReportData
{
    /// <param name="database">The database over the snapshot, with the questions' views.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="output">Receives the object's members without braces, so that several answers can be combined into one object.</param>
    /// <exception cref="DuckDBException">A file is corrupt.</exception>
    public static void Write(CaptureDatabase database, ReportQuestions questions, TextWriter output)
    {
        var asked = 0;
        foreach (var (name, sql) in questions.Questions)
        {
            questions.Progress?.Step($"answering {++asked} of {questions.Questions.Count} questions");
            output.Write($"{(name == questions.Questions[0].Name ? "" : ",\n")}\"{name}\":[");
            var isFirst = true;
            foreach (var row in database.Rows.Texts($"SELECT json_array(*COLUMNS(*))::VARCHAR FROM query({SqlText.Quote(sql)})"))
            {
                output.Write(isFirst ? row : ",\n" + row);
                isFirst = false;
            }

            output.Write(']');
        }
    }
}
