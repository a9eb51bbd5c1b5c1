using System.CommandLine;
using NetMon.Host;
using NetMon.Host.Commands;

if (args is ["query", ..])
{
    return QueryProgram.Run(args[1..]); // its arguments are its own
}

var root = new RootCommand("NetMon: every TCP connection of this node, with its process, as JSON lines and Parquet files.")
{
    RunCommand.Create(),
    DoctorCommand.Create(),
    QueryProgram.Command(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Log.Line($"netmon: {error.Message}");
    }

    Log.Line("netmon: see netmon --help");
    return ExitCode.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
