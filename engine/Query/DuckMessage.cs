using DuckDB.NET.Data;

namespace NetMon.Query;

/// <summary>Interprets DuckDB's errors.</summary>
internal static class DuckMessage
{
    private static readonly string[] OfQuestions =
    [
        "Parser Error", "Binder Error", "Catalog Error", "Conversion Error", "Out of Memory Error", "Permission Error", "Not implemented Error", "Out of Range Error",
        "INTERRUPT Error", "Settings Error",
    ];

    /// <summary>Whether the error is in the question rather than in a file.</summary>
    public static bool IsOfQuestion(DuckDBException e) => OfQuestions.Any(kind => e.Message.StartsWith(kind, StringComparison.Ordinal));

    /// <summary>Returns the message for the user, without the SQL line that DuckDB quotes: that is our query around the question.</summary>
    public static string Explain(DuckDBException e) => e.Message.Split("\n\nLINE", 2)[0].Trim() switch
    {
        var why when why.Contains("single SELECT", StringComparison.Ordinal) => "that is not one SELECT: a capture is only read",
        var why => why,
    };
}
