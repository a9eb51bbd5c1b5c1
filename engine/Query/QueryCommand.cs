using System.CommandLine;
using DuckDB.NET.Data;
using NetMon.Foundation.Logging;

namespace NetMon.Query;

/// <summary>The command line: a capture directory, a format, and a question in SQL.</summary>
internal static class QueryCommand
{
    private const string CaptureVariable = "NETMON_CAPTURE";

    private static readonly Option<string?> Capture = new("--capture")
    {
        HelpName = "DIR",
        Description = $"the capture directory; the agent may be writing to it [{CaptureVariable}]",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(CaptureVariable),
    };

    private static readonly Option<string> Format = new("--format")
    {
        HelpName = "table|csv|json|markdown",
        Description = "how rows are printed; json is an object a line",
        DefaultValueFactory = _ => "table",
    };

    private static readonly Option<string> Memory = new("--memory")
    {
        HelpName = "SIZE",
        Description = "what DuckDB may take before it spills to the folder for temporary files: 512MiB, 4GiB",
        DefaultValueFactory = _ => "1GiB",
    };

    private static readonly Option<string?> LogFormat = new(LogFormatOption.Name)
    {
        HelpName = LogFormatOption.Words,
        Description = $"{LogFormatOption.Description} [{LogFormatOption.Variable}]",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(LogFormatOption.Variable) is { Length: > 0 } value ? value : LogFormatOption.Fallback,
    };

    private static readonly Argument<string?> Sql = new("SQL")
    {
        Description = "one SELECT of DuckDB's SQL, over the views events, connections, talkers, failures, new_destinations, edges, loss and"
            + " completeness; without it: a picture of the last hour",
        DefaultValueFactory = _ => null,
    };

    public static RootCommand Create(Logger log)
    {
        var command = new RootCommand("netmon query: SQL over a capture directory, the current hour included. It only reads, and holds up no agent.")
        {
            Capture, Format, Memory, LogFormat, Sql,
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
            return Fail($"which capture directory? Give --capture DIR, or set {CaptureVariable}", ExitCode.Usage);
        }

        if (!Enum.TryParse<OutputFormat>(parsed.GetValue(Format), ignoreCase: true, out var format) || int.TryParse(parsed.GetValue(Format), out _))
        {
            return Fail($"--format {parsed.GetValue(Format)}: it takes table, csv, json or markdown", ExitCode.Usage);
        }

        if (parsed.GetValue(Sql) is ['-', ..] word && !word.Any(char.IsWhiteSpace))
        {
            // It was taken for the SQL. A comment has a blank or a newline behind it.
            return Fail($"there is no option {word}; see netmon query --help", ExitCode.Usage);
        }

        try
        {
            using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 64 * 1024);
            using var capture = Snapshot.Take(directory);
            using var database = CaptureDatabase.Open(capture, parsed.GetValue(Memory)!);
            if (parsed.GetValue(Sql) is { } sql)
            {
                database.Print(sql, format, output);
            }
            else
            {
                LastHour.Print(database, capture, format, output);
            }

            output.Flush();
            return ExitCode.Success;
        }
        catch (QueryException e)
        {
            return Fail(e.Message, ExitCode.Failure);
        }
        catch (DuckDBException e)
        {
            return Fail(Explain(e), ExitCode.Failure);
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            return ExitCode.Success; // whoever read has seen enough
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail($"{e.Message} (a capture is readable by its owner and group only: run as one of these)", ExitCode.Failure);
        }

        int Fail(string message, int code)
        {
            log.Error(message);
            return code;
        }
    }

    // .NET keeps the errno of a failed write in HResult: EPIPE (asm-generic/errno-base.h).
    private const int BrokenPipe = 32;

    /// <summary>Without the SQL line that DuckDB points into: it is the question wrapped in a query of ours.</summary>
    private static string Explain(DuckDBException e) => e.Message.Split("\n\nLINE", 2)[0].Trim() switch
    {
        var why when why.Contains("single SELECT", StringComparison.Ordinal) => "that is not one SELECT: a capture is only read, with one SELECT at a time",
        var why => why,
    };
}
