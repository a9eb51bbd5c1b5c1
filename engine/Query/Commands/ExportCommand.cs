using System.CommandLine;
using NetMon.Foundation.Logging;
using NetMon.Query.Export;
using NetMon.Query.Filters;
using NetMon.Query.Planning;
using NetMon.Query.Printing;
using NetMon.Query.Sql;

namespace NetMon.Query.Commands;

/// <summary><c>netmon export</c>: the events themselves, or the files that they are in, as one stream.</summary>
internal static class ExportCommand
{
    public const string Name = "export";

    private const string Events = "SELECT * EXCLUDE (date, hour) FROM events ORDER BY timestamp";

    private static readonly Option<string> Format = new("--format")
    {
        HelpName = "parquet|csv|tsv|ndjson|tar",
        Description = "parquet, csv, tsv and ndjson are the events, ordered by time, with all their columns; tar is the files of all hours that --since and --until touch, which unpacked are a capture directory",
        DefaultValueFactory = _ => "parquet",
    };

    public static Command Create(Logger log)
    {
        var command = new Command(Name, "The events of a capture on stdout, the current hour included, as one Parquet file, CSV or JSON lines. It only reads, and holds up no agent.");
        CaptureOptions.AddTo(command);
        command.Options.Add(Format);
        FilterOptions.AddTo(command);
        command.SetAction(parsed => CommandEnd.Of(log, () => Run(parsed, log)));
        return command;
    }

    private static void Run(ParseResult parsed, Logger log)
    {
        var capture = CaptureOptions.Read(parsed);
        var word = parsed.GetValue(Format)!;
        var filter = FilterOptions.Read(parsed, DateTime.UtcNow);
        (OutputFormat Printed, CopyFormat? Copied)? format = word.ToLowerInvariant() switch
        {
            "parquet" => (OutputFormat.Parquet, CopyFormat.Parquet),
            "csv" => (OutputFormat.Csv, CopyFormat.Csv),
            "json" or "ndjson" => (OutputFormat.Ndjson, CopyFormat.Ndjson),
            "tsv" => (OutputFormat.Tsv, null),
            "tar" => null,
            _ => throw new FormatException($"{Format.Name} {word}: it takes parquet, csv, tsv, ndjson or tar"),
        };
        if (format is null or (OutputFormat.Parquet, _) && !Console.IsOutputRedirected)
        {
            throw new FormatException($"{Format.Name} {word} is no text: send it to a file (> events.{word}), or give --format csv");
        }

        using var output = Console.OpenStandardOutput();
        if (format is not { } rows)
        {
            WriteFiles(capture, filter, output, log);
            return;
        }

        var settings = new QuerySettings(capture, filter, Statement.Parse(Events), Events, new PrintStyle(rows.Printed, null)) { Copy = rows.Copied };
        using var answer = new Answer(settings, log);
        answer.Print(output);
    }

    private static void WriteFiles(CaptureSettings capture, Filter filter, Stream output, Logger log)
    {
        if (filter.Nodes is not null || filter.Criteria.Count > 0)
        {
            throw new FormatException($"{Format.Name} tar takes whole files: of the filters --since and --until alone");
        }

        if (capture.Bucket is not null)
        {
            throw new FormatException($"{Format.Name} tar is of a directory: the files of a bucket can be copied as they are");
        }

        var archive = new CaptureTar(capture.Place, new ScanBounds(filter.Since ?? DateTime.MinValue, filter.Until?.AddTicks(-1) ?? DateTime.MaxValue, null), output);
        archive.Write();
        foreach (var file in archive.LeftOut)
        {
            log.Warn($"{file.Path} is left out: {file.Reason}");
        }

        if (capture.IsStrict && archive.LeftOut.Count > 0)
        {
            throw new QueryException("not all files could be read, so the archive is not whole");
        }
    }
}
