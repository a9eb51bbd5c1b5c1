using System.CommandLine;
using NetMon.Foundation.Logging;
using NetMon.Host.Doctor;

namespace NetMon.Host.Commands;

/// <summary><c>netmon doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create(Logger log)
    {
        var endpoints = RuntimeEndpointOption.Create("container runtimes to ask: auto, none, or unix:///SOCKET,docker:///SOCKET,... (default: auto, the usual sockets)");
        var format = LogFormatSetting.Create();
        var command = new Command("doctor", "Check what this node can trace, test it with real connections on loopback, and say how to fix what fails.") { endpoints, format };
        command.SetAction(async (parsed, stop) =>
        {
            try
            {
                _ = LogFormatSetting.Read(parsed.GetValue(format));
                return await Examination.RunAsync(RuntimeEndpointOption.Read(parsed.GetValue(endpoints), "auto")).ConfigureAwait(false);
            }
            catch (UsageException e)
            {
                log.Error(e.Message);
                return ExitCode.Usage;
            }
        });
        return command;
    }
}
