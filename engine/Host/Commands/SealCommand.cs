using System.CommandLine;
using System.Globalization;
using NetMon.Foundation.Logging;
using NetMon.Native;
using NetMon.Storage;

namespace NetMon.Host.Commands;

/// <summary><c>netmon seal</c>: seals what earlier runs left in hot/, and exits.</summary>
internal static class SealCommand
{
    private static readonly Option<string?> Capture = EnvironmentOption.Create("--capture", "DIR", "the capture directory; no agent can be using it");
    private static readonly Option<string?> Node = new("--node") { HelpName = "NAME", Description = "seal the files of this node only (default: every node with files in hot/)" };

    private static readonly Option<string?> LogFormat = LogFormatSetting.Create();

    public static Command Create(Logger log)
    {
        var command = new Command("seal", "Seal the files that a killed agent left in hot/ into hourly Parquet files, and exit.") { Capture, Node, LogFormat };
        command.SetAction(parsed => Run(parsed, log));
        return command;
    }

    private static int Run(ParseResult parsed, Logger log)
    {
        try
        {
            _ = LogFormatSetting.Read(parsed.GetValue(LogFormat));
            var directory = parsed.GetValue(Capture) ?? throw new UsageException("no capture directory: use --capture DIR, or set NETMON_CAPTURE");
            return Run(FileSettings.Checked(Capture.Name, directory), parsed.GetValue(Node) is { } node ? NodeName.Checked(node) : null, log);
        }
        catch (UsageException e)
        {
            log.Error(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is CaptureDirectoryException or NativeException or IOException or UnauthorizedAccessException)
        {
            log.Error(e.Message);
            return ExitCode.Failure;
        }
    }

    private static int Run(string directory, string? only, Logger log)
    {
        if (!Directory.Exists(directory))
        {
            log.Error($"no such directory: {directory}. Use the directory given to netmon run --capture");
            return ExitCode.Failure;
        }

        var nodes = Leftovers.Find(directory).Where(node => only is null || node.Name == only || node.FileName == only).ToList();
        if (nodes.Count == 0)
        {
            Console.Out.WriteLine(only is null ? "nothing to seal" : $"nothing to seal for {only}");
        }

        var all = true;
        foreach (var node in nodes)
        {
            all &= TrySeal(directory, node, log);
        }

        return all ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary>Seals the files of one node and logs the result; false if files remain.</summary>
    private static bool TrySeal(string directory, LeftoverNode node, Logger log)
    {
        if (node.Name is not { } name)
        {
            log.Error($"the files {node.FileName}.* have only part of their node's name, and stay: start that node's agent once to seal them");
            return false;
        }

        var options = new CaptureSinkOptions
        {
            CaptureDirectory = directory,
            Node = name,
            AgentVersion = AgentVersion.Text,
            BootId = BootId.Read(),
            RetainFor = null,
            RetainRollups = null,
            RetainBytes = null,
            KeepFree = new FreeDisk(0, null),
        };
        var done = Leftovers.Seal(options, log.For("storage"));
        Console.Out.WriteLine(
            $"{name}: sealed {Counted(done.Hours, "hour")} from {Counted(done.Files, "hot file")}, and {Counted(done.LossJournals, "loss journal")}"
            + (done.Left == 0 ? "" : $"; {Counted(done.Left, "file")} left in hot/"));
        return done.Left == 0;
    }

    private static string Counted(int number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");
}
