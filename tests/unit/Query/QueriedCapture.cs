using System.Text;
using NetMon.Foundation.Logging;
using NetMon.Query;
using NetMon.Query.Filters;
using NetMon.Query.Planning;
using NetMon.Query.Printing;
using NetMon.Query.Sql;
using NetMon.UnitTests.Storage;

namespace NetMon.UnitTests.Query;

/// <summary>Questions to a capture directory, answered by the code of netmon query.</summary>
internal static class QueriedCapture
{
    private const string Memory = "256MiB";

    /// <summary>A scope without limits.</summary>
    public static QuestionScope Everything
    {
        get
        {
            var scope = new QuestionScope();
            Array.ForEach(Enum.GetValues<Relation>(), relation => scope.Add(relation, ScanBounds.Everything));
            return scope;
        }
    }

    /// <summary>Selects all of a capture.</summary>
    public static Snapshot Snapshot(this CaptureFolder capture) => NetMon.Query.Snapshot.Take(capture.Path, Everything, new Dictionary<string, string>());

    /// <summary>The answer as printed; without SQL, the overview. Omissions go to the log.</summary>
    public static string Print(this CaptureFolder capture, string? sql, OutputFormat format, int? width = null, List<string>? log = null, Filter? filter = null)
    {
        using var output = new MemoryStream();
        var settings = QuerySettings.Of(new CaptureSettings(capture.Path, null, Memory, IsStrict: false), filter ?? Filter.None, sql is null ? null : Statement.Parse(sql), sql ?? "", new PrintStyle(format, width));
        using var answer = new Answer(settings, new Logger(entry => log?.Add(entry.Message), "query"));
        answer.Print(output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>The answer from an existing snapshot.</summary>
    public static string Print(this Snapshot snapshot, string sql)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var spill = TemporaryFolder.Create();
        using var database = CaptureDatabase.Create(Memory, spill.Path);
        database.Load(snapshot, database.Plan([sql], HourRange.All));
        database.Rows.Print(new Statement(sql, null), new PrintStyle(OutputFormat.Csv, null), output);
        return output.ToString();
    }

    /// <summary>Rows of the view events.</summary>
    public static string Count(this Snapshot snapshot) => snapshot.Print("SELECT count(*) AS n FROM events")["n\n".Length..].TrimEnd();
}
