using NetMon.Query;
using NetMon.UnitTests.Storage;

namespace NetMon.UnitTests.Query;

/// <summary>Questions to a capture directory, answered by the code of netmon query.</summary>
internal static class QueriedCapture
{
    private const string Memory = "256MiB";

    /// <summary>The answer as it is printed.</summary>
    public static string Print(this CaptureFolder capture, string sql, OutputFormat format)
    {
        using var snapshot = Snapshot.Take(capture.Path);
        return snapshot.Print(sql, format);
    }

    /// <summary>The same of a snapshot that was taken before.</summary>
    public static string Print(this Snapshot snapshot, string sql, OutputFormat format)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var database = CaptureDatabase.Open(snapshot, Memory);
        database.Print(sql, format, output);
        return output.ToString();
    }

    /// <summary>Rows of the view events.</summary>
    public static string Count(this Snapshot snapshot) => snapshot.Print("SELECT count(*) AS n FROM events", OutputFormat.Csv)["n\n".Length..].TrimEnd();
}
