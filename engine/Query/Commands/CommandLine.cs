using System.CommandLine;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Query.Observe;
using NetMon.Query.Top;

namespace NetMon.Query.Commands;

/// <summary>The commands of this program. <c>netmon</c> lists them too, and runs this program for them.</summary>
internal static class CommandLine
{
    /// <summary>The command if none is named.</summary>
    private const string Fallback = QueryCommand.Name;

    /// <summary>All commands. Add a new one here, and to the words that netmon passes on (QueryProgram).</summary>
    private static readonly IReadOnlyList<(string Name, Func<Logger, Command> Create)> Commands =
    [
        (QueryCommand.Name, QueryCommand.Create),
        (ExportCommand.Name, ExportCommand.Create),
        (FilesCommand.Name, FilesCommand.Create),
        (ReportCommand.Name, ReportCommand.Create),
        (ObserveCommand.Name, ObserveCommand.Create),
        (TopCommand.Name, TopCommand.Create),
    ];

    /// <summary>Runs a command line; returns the exit code.</summary>
    public static int Run(string[] arguments)
    {
        var word = WordOf(arguments);
        var log = LogWriter.ToStandardError(arguments, word);
        var root = new RootCommand("netmon query: SQL over the captures of netmon run.");
        foreach (var (_, create) in Commands)
        {
            root.Subcommands.Add(create(log));
        }

        string[] all = IsNamed(arguments) || IsOfProgram(arguments) ? arguments : [Fallback, .. arguments];
        var parsed = root.Parse(all, Usage.Parser);
        if (Usage.RefusalOf(all, parsed, $"netmon {word} --help") is { } refusal)
        {
            log.Error(refusal);
            return ExitCode.Usage;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static string WordOf(string[] arguments) => IsNamed(arguments) ? arguments[0] : Fallback;

    private static bool IsNamed(string[] arguments) => arguments.Length > 0 && Commands.Any(command => command.Name == arguments[0]);

    /// <summary>Whether the arguments are for the program itself: its version, or a completion request, "[suggest:12]" and the line so far.</summary>
    private static bool IsOfProgram(string[] arguments) => arguments is ["--version"] or [['[', ..], ..];
}
