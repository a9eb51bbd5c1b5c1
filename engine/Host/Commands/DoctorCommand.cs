using System.CommandLine;
using NetMon.Host.Doctor;

namespace NetMon.Host.Commands;

/// <summary><c>netmon doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Say what this node can trace, try it with real connections on loopback, and how to mend what fails.");
        command.SetAction((_, _) => Examination.RunAsync());
        return command;
    }
}
