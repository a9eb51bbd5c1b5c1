using DuckDB.NET.Data;
using NetMon.Query.Sql;

namespace NetMon.Query.Report;

/// <summary>The answers to a report's questions as one JSON object: each a list of rows, and a row a list of values.</summary>
internal static class ReportData
{
    /// <param name="database">It has the questions' views, over the snapshot.</param>
    /// <param name="questions">What is asked.</param>
    /// <param name="output">Gets the object's members: no braces, so that those of several answers make one object.</param>
    /// <exception cref="DuckDBException">A file is damaged.</exception>
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
