using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using NetMon.Foundation.Logging;

namespace NetMon.Host.Commands;

/// <summary>
/// <c>netmon query</c> is a program of its own, netmon-query, beside this one or on the PATH: DuckDB weighs several times
/// what the agent weighs, and has no business in its memory or image.
/// </summary>
internal static class QueryProgram
{
    private const string Name = "netmon-query";

    /// <summary>For the list of commands in the help.</summary>
    public static Command Command() => new("query", "Ask a capture directory in SQL, the current hour included (netmon query --help).");

    /// <summary>Runs it with these arguments and this program's inputs and outputs; its exit code.</summary>
    public static int Run(IEnumerable<string> arguments, Logger log)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, Name);
        try
        {
            using var query = Process.Start(new ProcessStartInfo(File.Exists(beside) ? beside : Name, arguments) { UseShellExecute = false })!;
            query.WaitForExit();
            return query.ExitCode;
        }
        catch (Win32Exception e)
        {
            log.Error($"{Name} can't be started ({e.Message}): it is not at {beside} and not on the PATH. Build it with make build, and keep libduckdb.so beside it.");
            return ExitCode.Failure;
        }
    }
}
