using System.CommandLine;
using NetMon.Host.Doctor;

namespace NetMon.Host.Commands;

/// <summary><c>netmon doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var endpoints = RuntimeEndpointOption.Create("which container runtimes to ask: auto, none, or unix:///SOCKET,docker:///SOCKET,... (default: auto, the usual places)");
        var command = new Command("doctor", "Say what this node can trace, try it with real connections on loopback, and how to mend what fails.") { endpoints };
        command.SetAction(async (parsed, _) =>
        {
            try
            {
                return await Examination.RunAsync(RuntimeEndpointOption.Read(parsed.GetValue(endpoints), "auto")).ConfigureAwait(false);
            }
            catch (UsageException e)
            {
                Log.Line($"netmon: {e.Message}");
                return ExitCode.Usage;
            }
        });
        return command;
    }
}
