using System.CommandLine;
using NetMon.Foundation.Logging;
using NetMon.Native;

namespace NetMon.Host.Commands;

/// <summary>
/// <c>netmon query</c> and other commands that read captures are in a program of their own, netmon-query, in the agent's folder or on the
/// PATH: DuckDB is several times as large as the agent, and does not belong in its memory or image.
/// </summary>
internal static class QueryProgram
{
    private const string Name = "netmon-query";

    /// <summary>The commands that are passed on, for the list of commands in the help.</summary>
    public static IReadOnlyList<Command> Commands { get; } =
    [
        new("query", "Query a capture with filters or SQL, including the current hour (netmon query --help)."),
        new("export", "Write the events of a capture to stdout as Parquet, CSV, TSV or JSON lines (netmon export --help)."),
        new("files", "Write the files of a capture to stdout as a tar archive (netmon files --help)."),
        new("report", "Write an HTML report about a day, or any other period (netmon report --help)."),
        new("observe", "Show the last events of a capture, and follow new ones (netmon observe --help)."),
        new("top", "Show who connects, fails and transfers most, refreshed (netmon top --help)."),
    ];

    /// <summary>Whether a word is one of these commands.</summary>
    public static bool Has(string word) => Commands.Any(command => command.Name == word);

    /// <summary>Replaces this process by the program (execve), so that signals and the exit code are its own. Returns only on failure.</summary>
    /// <param name="arguments">All arguments, starting with the command.</param>
    /// <param name="log">Logs why it failed.</param>
    public static int Run(IReadOnlyList<string> arguments, Logger log)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, Name);
        var why = ProgramImage.Replace(File.Exists(beside) ? beside : Name, arguments);
        log.Error($"{Name} can't be started ({why}): it is not at {beside} and not on the PATH. In a pod, use the container query: kubectl exec POD --container query -- /netmon {arguments[0]}. Elsewhere build it with make build, and keep libduckdb.so next to it.");
        return ExitCode.Failure;
    }
}
