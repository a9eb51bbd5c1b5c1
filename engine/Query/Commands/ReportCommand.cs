using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using NetMon.Foundation.Logging;
using NetMon.Query.Filters;
using NetMon.Query.Printing;
using NetMon.Query.Report;
using NetMon.Query.Sql;

namespace NetMon.Query.Commands;

/// <summary><c>netmon report</c>: writes an HTML page about what the filters select to stdout.</summary>
internal static class ReportCommand
{
    public const string Name = "report";
    private static readonly TimeSpan UsualSpan = TimeSpan.FromHours(24);

    public static Command Create(Logger log)
    {
        var command = new Command(Name, "Write an HTML page about a period to stdout: what happened when, who talks to whom, what fails and why, what is new, what is slow. The page needs no network. The default period is the last 24 hours.");
        CaptureOptions.AddTo(command);
        FilterOptions.AddTo(command);
        Examples.AddTo(
            command,
            "netmon report > yesterday.html",
            "netmon report --since 2026-11-26T14:00 --until 2026-11-26T15:00 > incident.html",
            "netmon report --since 7d --namespace shop > shop.html");
        command.SetAction(parsed => CommandEnd.Of(log, () => Run(parsed, log)));
        return command;
    }

    /// <exception cref="FormatException">The command line is wrong.</exception>
    private static void Run(ParseResult parsed, Logger log)
    {
        var capture = CaptureOptions.Read(parsed);
        var now = DateTime.UtcNow;
        var given = FilterOptions.Read(parsed, now);
        if (!Console.IsOutputRedirected)
        {
            throw new FormatException("report writes an HTML page: redirect it to a file (> report.html)");
        }

        var until = given.Until ?? now;
        var window = ReportWindow.Of(given.Since ?? until - UsualSpan, until);
        var filter = given with { Since = window.From };
        using var progress = new ReportProgress(Console.IsErrorRedirected ? null : Console.Error);
        progress.Step("reading who called whom");
        var answers = Answers(capture, filter, ReportQuestions.Of(window, hasAllAttempts: !filter.HasOutcome, progress), log);
        if (answers.StartsWith("\"nodes\":[]", StringComparison.Ordinal))
        {
            CheckEnd(capture, window, log);
        }

        progress.Step("reading what was called before");
        var history = Answers(capture, filter with { Since = window.HistoryFrom }, ReportQuestions.WithHistory(window), log);
        using var output = Console.OpenStandardOutput();
        using var writer = new StreamWriter(output, bufferSize: 64 * 1024) { NewLine = "\n" };
        ReportPage.Write(About(window, now, [.. FilterOptions.Given(parsed)]), $"{answers},\n{history}", writer);
    }

    private static string Answers(CaptureSettings capture, Filter filter, ReportQuestions questions, Logger log)
    {
        IReadOnlyList<Statement> statements = [.. questions.Questions.Select(question => new Statement(question.Sql, null))];
        return Ask(new QuerySettings(capture, filter, statements, questions.Text, new PrintStyle(OutputFormat.Csv, null), questions), log);
    }

    /// <summary>Fails with the end of the capture if the report would contain no events.</summary>
    /// <exception cref="QueryException">The capture ends before the report begins, or has no events.</exception>
    private static void CheckEnd(CaptureSettings capture, ReportWindow window, Logger log)
    {
        const string question = "SELECT strftime(getvariable('capture_end'), '%Y-%m-%dT%H:%M:%SZ') AS capture_end";
        var end = Ask(new QuerySettings(capture, Filter.None, Statement.Parse(question), question, new PrintStyle(OutputFormat.Csv, null)), log).Split('\n')[1];
        if (!DateTime.TryParse(end, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var last))
        {
            throw new QueryException($"{capture.Place} has no events yet");
        }

        if (last < window.From)
        {
            throw new QueryException($"{capture.Place} has no events since {window.From:yyyy-MM-ddTHH:mm:ssZ}: its last one is of {end}. Give --since and --until");
        }
    }

    private static string Ask(QuerySettings settings, Logger log)
    {
        using var output = new MemoryStream();
        using var answer = new Answer(settings, log);
        answer.Print(output);
        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }

    private static string About(ReportWindow window, DateTime now, IReadOnlyList<string> filters)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("version", typeof(ReportCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown");
            json.WriteNumber("made", Milliseconds(now));
            json.WriteNumber("from", Milliseconds(window.From));
            json.WriteNumber("to", Milliseconds(window.To));
            json.WriteNumber("step", window.StepMilliseconds);
            json.WriteStartArray("filters");
            foreach (var filter in filters)
            {
                json.WriteStringValue(filter);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static long Milliseconds(DateTime time) => new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeMilliseconds();
}
