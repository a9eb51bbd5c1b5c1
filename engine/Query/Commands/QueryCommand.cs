using System.CommandLine;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Query.Filters;
using NetMon.Query.Printing;
using NetMon.Query.Sql;

namespace NetMon.Query.Commands;

/// <summary><c>netmon query</c>: shows an overview, or answers to SQL questions, of what the filters select.</summary>
internal static class QueryCommand
{
    public const string Name = "query";

    private static readonly Option<string> Format = new("--format")
    {
        HelpName = "table|csv|tsv|json|ndjson|markdown|parquet",
        Description = "output format; json and ndjson print one object per line, parquet writes a file",
        DefaultValueFactory = _ => "table",
    };

    private static readonly Option<string?> FromFile = new("--file", "-f")
    {
        HelpName = "FILE",
        Description = "read the SQL from a file",
    };

    private static readonly Option<bool> Wide = new("--wide")
    {
        Description = "do not cut tables to the terminal's width",
    };

    private static readonly Argument<string?> Sql = new("SQL")
    {
        Description = "SELECT statements in DuckDB's SQL, separated by semicolons, over events and the views of schemas/views.sql; - reads them from stdin;"
            + " default: a summary of the last hour",
        DefaultValueFactory = _ => null,
    };

    public static Command Create(Logger log)
    {
        var command = new Command(Name, "Run SQL over a capture directory, including the current hour, or over a bucket. It only reads, and never blocks an agent.");
        CaptureOptions.AddTo(command);
        foreach (var option in (Option[])[Format, FromFile, Wide])
        {
            command.Options.Add(option);
        }

        FilterOptions.AddTo(command);
        command.Arguments.Add(Sql);
        Examples.AddTo(
            command,
            "netmon query --since 2h --namespace shop",
            "netmon query --since 10m --failed \"FROM failures ORDER BY attempts DESC\"",
            "netmon query --pod 'web-*' --to 10.0.0.5:5432 --format csv \"FROM connections WHERE open\"");
        command.SetAction(parsed => CommandEnd.Of(log, () => Run(parsed, log)));
        return command;
    }

    /// <exception cref="FormatException">The command line is wrong.</exception>
    private static void Run(ParseResult parsed, Logger log)
    {
        var capture = CaptureOptions.Read(parsed);
        if (!Enum.TryParse<OutputFormat>(parsed.GetValue(Format), ignoreCase: true, out var format) || int.TryParse(parsed.GetValue(Format), out _))
        {
            throw new FormatException($"--format {parsed.GetValue(Format)}: expected table, csv, tsv, json, ndjson, markdown or parquet");
        }

        if (format == OutputFormat.Parquet && !Console.IsOutputRedirected)
        {
            throw new FormatException("--format parquet is not text: redirect it to a file (> answer.parquet)");
        }

        if (parsed.GetValue(Sql) is ['-', _, ..] word && !word.Any(char.IsWhiteSpace))
        {
            // An unknown option was parsed as the SQL. In an SQL comment, -- is followed by a space or newline.
            throw new FormatException($"unknown option {word}; see netmon query --help");
        }

        if (parsed.GetValue(FromFile) is not null && parsed.GetValue(Sql) is not null)
        {
            throw new FormatException("SQL and --file: use only one of them");
        }

        Usage.CheckPath(FromFile.Name, parsed.GetValue(FromFile) ?? "-");
        var filter = FilterOptions.Read(parsed, DateTime.UtcNow);

        using var output = Console.OpenStandardOutput();
        var text = Question(parsed);
        var statements = text is null ? null : Statement.Parse(text);
        if (format == OutputFormat.Parquet && statements is not null and not [{ Explain: null }])
        {
            throw new FormatException("--format parquet: give one SELECT");
        }

        var style = new PrintStyle(format, parsed.GetValue(Wide) ? null : TerminalWidth());
        using var answer = new Answer(QuerySettings.Of(capture, filter, statements, text ?? "", style), log);
        answer.Print(output);
    }

    private static string? Question(ParseResult parsed) => parsed.GetValue(FromFile) is { } file ? File.ReadAllText(file)
        : parsed.GetValue(Sql) is "-" ? Console.In.ReadToEnd()
        : parsed.GetValue(Sql);

    /// <summary>The terminal's width; null if the output is not a terminal.</summary>
    private static int? TerminalWidth() => Console.IsOutputRedirected || Console.WindowWidth <= 0 ? null : Console.WindowWidth;
}
