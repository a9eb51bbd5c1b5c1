using DuckDB.NET.Data;

namespace NetMon.Query;

/// <summary>What DuckDB's errors mean.</summary>
internal static class DuckMessage
{
    private static readonly string[] OfQuestions =
    [
        "Parser Error", "Binder Error", "Catalog Error", "Conversion Error", "Out of Memory Error", "Permission Error", "Not implemented Error", "Out of Range Error",
        "INTERRUPT Error", "Settings Error",
    ];

    /// <summary>Whether the question is at fault, and no file.</summary>
    public static bool IsOfQuestion(DuckDBException e) => OfQuestions.Any(kind => e.Message.StartsWith(kind, StringComparison.Ordinal));

    /// <summary>For the user, without the SQL line that DuckDB points into: it is the question wrapped in a query of ours.</summary>
    public static string Explain(DuckDBException e) => e.Message.Split("\n\nLINE", 2)[0].Trim() switch
    {
        var why when why.Contains("single SELECT", StringComparison.Ordinal) => "that is not one SELECT: a capture is only read",
        var why => why,
    };
}
