using System.CommandLine;
using NetMon.Foundation.Logging;
using NetMon.Query.Export;
using NetMon.Query.Filters;
using NetMon.Query.Printing;
using NetMon.Query.Sql;

namespace NetMon.Query.Commands;

/// <summary><c>netmon export</c>: writes events as a stream.</summary>
internal static class ExportCommand
{
    public const string Name = "export";

    private static readonly Option<string> Format = new("--format")
    {
        HelpName = "parquet|csv|tsv|ndjson",
        Description = "format of the events; they are ordered by time and have all columns",
        DefaultValueFactory = _ => "parquet",
    };

    public static Command Create(Logger log)
    {
        var command = new Command(Name, "Write the events of a capture to stdout, including the current hour, as one Parquet file, CSV, TSV or JSON lines. It only reads, and never blocks an agent.");
        CaptureOptions.AddTo(command);
        command.Options.Add(Format);
        FilterOptions.AddTo(command);
        Examples.AddTo(
            command,
            "netmon export --since 2h > events.parquet",
            "netmon export --since 14:00 --until 14:05 --pod 'shop/web-*' --format csv > web.csv",
            "netmon export --failed --format ndjson | jq -c .");
        command.SetAction(parsed => CommandEnd.Of(log, () => Run(parsed, log)));
        return command;
    }

    private static void Run(ParseResult parsed, Logger log)
    {
        var capture = CaptureOptions.Read(parsed);
        var word = parsed.GetValue(Format)!;
        var filter = FilterOptions.Read(parsed, DateTime.UtcNow);
        var format = word.ToLowerInvariant() switch
        {
            "parquet" => OutputFormat.Parquet,
            "csv" => OutputFormat.Csv,
            "json" or "ndjson" => OutputFormat.Ndjson,
            "tsv" => OutputFormat.Tsv,
            _ => throw new FormatException($"{Format.Name} {word}: expected parquet, csv, tsv or ndjson"),
        };
        if (format == OutputFormat.Parquet && !Console.IsOutputRedirected)
        {
            throw new FormatException($"{Format.Name} {word} is not text: redirect it to a file (> events.{word}), or use --format csv");
        }

        using var output = Console.OpenStandardOutput();
        var settings = new QuerySettings(capture, filter, Statement.Parse(ExportedEvents.Questions), ExportedEvents.Questions, new PrintStyle(format, null));
        using var answer = new Answer(settings, log);
        using var events = new ExportedEvents(format, output);
        answer.Read(events.Write);
    }
}
