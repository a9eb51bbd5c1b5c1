using System.CommandLine;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using NetMon.Foundation;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Query.Buckets;
using NetMon.Query.Printing;
using NetMon.Query.Sql;
using NetMon.Storage.Uploads;

namespace NetMon.Query;

/// <summary>The command line: a capture directory, a format, and a question in SQL.</summary>
internal static partial class QueryCommand
{
    private const string CaptureVariable = "NETMON_CAPTURE";

    /// <summary>Where the service and the manifests keep the captures.</summary>
    private const string UsualCapture = "/var/lib/netmon";

    private static readonly Option<string?> Capture = new("--capture")
    {
        HelpName = "DIR|s3://BUCKET[/PREFIX]",
        Description = $"the capture directory, to which the agent may be writing, or the bucket that netmon run --archive uploads to; falls back to {UsualCapture} if that is there [{CaptureVariable}]",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(CaptureVariable) is { Length: > 0 } variable ? variable : Directory.Exists(UsualCapture) ? UsualCapture : null,
    };

    private static readonly Option<string> Format = new("--format")
    {
        HelpName = "table|csv|json|ndjson|markdown|parquet",
        Description = "how rows are printed; json and ndjson are an object a line, parquet is a file",
        DefaultValueFactory = _ => "table",
    };

    private static readonly Option<string?> FromFile = new("--file", "-f")
    {
        HelpName = "FILE",
        Description = "read the SQL from a file",
    };

    private static readonly Option<bool> Wide = new("--wide")
    {
        Description = "print tables as wide as they are, also on a terminal",
    };

    private static readonly Option<bool> Strict = new("--strict")
    {
        Description = "refuse to answer where a file can't be read, instead of answering without it",
    };

    private static readonly Option<string> Memory = new("--memory")
    {
        HelpName = "SIZE",
        Description = "what DuckDB may take before it spills to the folder for temporary files: 512MiB, 4GiB",
        DefaultValueFactory = _ => "1GiB",
    };

    private static readonly Option<string?> Cache = new("--cache")
    {
        HelpName = "DIR",
        Description = "where files of a bucket are kept for the next question; without it netmon in $XDG_CACHE_HOME or ~/.cache",
    };

    private static readonly Option<string> CacheBytes = new("--cache-bytes")
    {
        HelpName = "SIZE",
        Description = "how much may be kept there; what was not used for longest goes first",
        DefaultValueFactory = _ => "10GiB",
    };

    private static readonly Option<string?> LogFormat = new(LogFormatOption.Name)
    {
        HelpName = LogFormatOption.Words,
        Description = $"{LogFormatOption.Description} [{LogFormatOption.Variable}]",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(LogFormatOption.Variable) is { Length: > 0 } value ? value : LogFormatOption.Fallback,
    };

    private static readonly Argument<string?> Sql = new("SQL")
    {
        Description = "SELECTs of DuckDB's SQL with semicolons between, over events and the views of schemas/views.sql; - reads them from stdin;"
            + " without it: a picture of the last hour",
        DefaultValueFactory = _ => null,
    };

    public static RootCommand Create(Logger log)
    {
        var command = new RootCommand("netmon query: SQL over a capture directory, the current hour included, or over a bucket. It only reads, and holds up no agent.")
        {
            Capture, Format, FromFile, Wide, Strict, Memory, Cache, CacheBytes, LogFormat, Sql,
        };
        command.SetAction(parsed => Run(parsed, log));
        return command;
    }

    private static int Run(ParseResult parsed, Logger log)
    {
        if (LogFormatOption.Parse(parsed.GetValue(LogFormat)) is null)
        {
            return Fail(LogFormatOption.Refusal(parsed.GetValue(LogFormat)), ExitCode.Usage);
        }

        if (parsed.GetValue(Capture) is not { Length: > 0 } directory)
        {
            return Fail($"which capture directory? Give --capture DIR or --capture s3://BUCKET/PREFIX, or set {CaptureVariable}", ExitCode.Usage);
        }

        if (!Enum.TryParse<OutputFormat>(parsed.GetValue(Format), ignoreCase: true, out var format) || int.TryParse(parsed.GetValue(Format), out _))
        {
            return Fail($"--format {parsed.GetValue(Format)}: it takes table, csv, json, ndjson, markdown or parquet", ExitCode.Usage);
        }

        if (format == OutputFormat.Parquet && !Console.IsOutputRedirected)
        {
            return Fail("--format parquet is no text: send it to a file (> answer.parquet)", ExitCode.Usage);
        }

        if (parsed.GetValue(Sql) is ['-', _, ..] word && !word.Any(char.IsWhiteSpace))
        {
            // It was taken for the SQL. A comment has a blank or a newline behind it.
            return Fail($"there is no option {word}; see netmon query --help", ExitCode.Usage);
        }

        if (parsed.GetValue(FromFile) is not null && parsed.GetValue(Sql) is not null)
        {
            return Fail("SQL and --file: give one of them", ExitCode.Usage);
        }

        if (!MemorySize().IsMatch(parsed.GetValue(Memory)!))
        {
            return Fail($"{Memory.Name} {parsed.GetValue(Memory)}: it takes a size such as 512MiB or 4GiB", ExitCode.Usage);
        }

        BucketSettings? bucket;
        try
        {
            Usage.CheckPath(Capture.Name, directory);
            Usage.CheckPath(FromFile.Name, parsed.GetValue(FromFile) ?? "-");
            bucket = Bucket(parsed, directory);
        }
        catch (FormatException e)
        {
            return Fail(e.Message, ExitCode.Usage);
        }

        try
        {
            using var output = Console.OpenStandardOutput();
            var text = Question(parsed);
            var statements = text is null ? null : Statement.Parse(text);
            if (format == OutputFormat.Parquet && statements is not null and not [{ Explain: null }])
            {
                return Fail("--format parquet: give one SELECT", ExitCode.Usage);
            }

            var style = new PrintStyle(format, parsed.GetValue(Wide) ? null : TerminalWidth());
            using var answer = new Answer(new QuerySettings(directory, bucket, statements, text ?? "", style, parsed.GetValue(Memory)!, parsed.GetValue(Strict)), log);
            answer.Print(output);
            return ExitCode.Success;
        }
        catch (QueryException e)
        {
            return Fail(e.Message, ExitCode.Failure);
        }
        catch (DuckDBException e)
        {
            return Fail(DuckMessage.Explain(e), ExitCode.Failure);
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            return ExitCode.Success; // whoever read has seen enough
        }
        catch (UnauthorizedAccessException e)
        {
            var why = e.Message.StartsWith("permission denied", StringComparison.Ordinal) ? e.Message : $"permission denied: {e.Message.TrimEnd('.')}";
            return Fail($"{why}: a capture is readable by its owner and group only, run as one of these (sudo, or the group of the directory)", ExitCode.Failure);
        }
        catch (IOException e)
        {
            return Fail(e.Message, ExitCode.Failure);
        }

        int Fail(string message, int code)
        {
            log.Error(code == ExitCode.Usage ? Usage.OneLine(message) : message);
            return code;
        }
    }

    /// <exception cref="FormatException">An option's value is none.</exception>
    private static BucketSettings? Bucket(ParseResult parsed, string capture)
    {
        var bytes = ByteSize.TryParse(parsed.GetValue(CacheBytes)!) ?? throw new FormatException($"--cache-bytes {parsed.GetValue(CacheBytes)}: it takes a size such as 500MiB or 10GiB");
        Usage.CheckPath(Cache.Name, parsed.GetValue(Cache) ?? "-");
        if (!capture.StartsWith(UploadTarget.Scheme, StringComparison.Ordinal))
        {
            return null;
        }

        var cache = parsed.GetValue(Cache) ?? BucketSettings.DefaultCache ?? throw new FormatException("this user has no home for a cache: give --cache DIR");
        return new BucketSettings(UploadTarget.Parse(capture), Path.GetFullPath(cache), bytes);
    }

    // .NET keeps the errno of a failed write in HResult: EPIPE (asm-generic/errno-base.h).
    private const int BrokenPipe = 32;

    // Not zero, and no more digits than DuckDB reads.
    [GeneratedRegex("^0*[1-9][0-9]{0,8}(\\.[0-9]{1,3})?(KiB|MiB|GiB|TiB|KB|MB|GB|TB)$", RegexOptions.CultureInvariant)]
    private static partial Regex MemorySize();

    private static string? Question(ParseResult parsed) => parsed.GetValue(FromFile) is { } file ? File.ReadAllText(file)
        : parsed.GetValue(Sql) is "-" ? Console.In.ReadToEnd()
        : parsed.GetValue(Sql);

    /// <summary>Null where no terminal shows the output.</summary>
    private static int? TerminalWidth() => Console.IsOutputRedirected || Console.WindowWidth <= 0 ? null : Console.WindowWidth;
}
