using System.CommandLine;
using NetMon.Foundation.Logging;
using NetMon.Sources.Kernel.State;

namespace NetMon.Host.Commands;

/// <summary><c>netmon forget</c>: removes the state that <c>netmon run</c> keeps in a bpffs for the next agent.</summary>
internal static class ForgetCommand
{
    private static readonly Option<string?> State = EnvironmentOption.Create("--state", "DIR|auto|none", $"the directory; auto: {StatePins.StandardFolder}", "auto");
    private static readonly Option<string?> LogFormat = LogFormatSetting.Create();

    public static Command Create(Logger log)
    {
        var command = new Command("forget", "Remove the state that agents keep in the kernel for the next agent; a running agent continues without it.") { State, LogFormat };
        command.SetAction(parsed => Run(parsed, log));
        return command;
    }

    private static int Run(ParseResult parsed, Logger log)
    {
        try
        {
            _ = LogFormatSetting.Read(parsed.GetValue(LogFormat));
            var folder = parsed.GetValue(State) switch { "none" => null, "auto" => StatePins.StandardFolder, var named => FileSettings.Checked(State.Name, named!) };
            var removed = folder is null ? 0 : StatePins.Remove(folder);
            Console.Out.WriteLine(removed == 0 ? "no state is kept" : $"{folder}: {removed} pinned map{(removed == 1 ? "" : "s")} removed");
            return ExitCode.Success;
        }
        catch (UsageException e)
        {
            log.Error(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Error(e.Message);
            return ExitCode.Failure;
        }
    }
}
