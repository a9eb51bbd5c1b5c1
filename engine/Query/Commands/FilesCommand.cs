using System.CommandLine;
using NetMon.Foundation.Logging;
using NetMon.Query.Export;
using NetMon.Query.Filters;
using NetMon.Query.Planning;

namespace NetMon.Query.Commands;

/// <summary><c>netmon files</c>: writes the files of a capture's hours as a tar archive, to copy them elsewhere.</summary>
internal static class FilesCommand
{
    public const string Name = "files";

    public static Command Create(Logger log)
    {
        var command = new Command(
            Name,
            "Write the files of all hours between --since and --until, including the current one, to stdout as a tar archive. Unpacked, it is a capture directory; the archives of several nodes can be unpacked into one directory.");
        CaptureOptions.AddDirectoryTo(command);
        FilterOptions.AddTimesTo(command);
        Examples.AddTo(
            command,
            "netmon files --since 2h > hours.tar",
            "netmon files --since 2h | tar -xC incident --exclude complete",
            "netmon files --since 2026-11-26 --until 2026-11-27 | ssh laptop tar -xC incident --exclude complete");
        command.SetAction(parsed => CommandEnd.Of(log, () => Run(parsed, log)));
        return command;
    }

    /// <exception cref="FormatException">The command line is wrong.</exception>
    private static void Run(ParseResult parsed, Logger log)
    {
        var directory = CaptureOptions.ReadDirectory(parsed);
        var (since, until) = FilterOptions.ReadTimes(parsed, DateTime.UtcNow);
        if (!Console.IsOutputRedirected)
        {
            throw new FormatException("a tar archive is not text: redirect it to a file (> files.tar) or to tar (| tar -xC DIR)");
        }

        using var output = Console.OpenStandardOutput();
        var bounds = new ScanBounds(since ?? DateTime.MinValue, until?.AddTicks(-1) ?? DateTime.MaxValue, null);
        var archive = new CaptureTar(Snapshot.RootOf(directory), bounds, output);
        archive.Write();
        foreach (var file in archive.LeftOut)
        {
            log.Warn($"{file.Path} is left out: {file.Reason}");
        }
    }
}
