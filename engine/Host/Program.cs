using System.CommandLine;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Host;
using NetMon.Host.Commands;

var log = LogWriter.ToStandardError(args, args is ["doctor", ..] ? "doctor" : "agent");
if (args is [var word, ..] && QueryProgram.Has(word))
{
    return QueryProgram.Run(args, log.For(word)); // it parses its own arguments
}

var root = new RootCommand("NetMon records every TCP connection of this node, with its process, container and pod, as JSON lines and Parquet files.")
{
    RunCommand.Create(log),
    SealCommand.Create(log),
    ForgetCommand.Create(log),
    DoctorCommand.Create(log),
};
foreach (var command in QueryProgram.Commands)
{
    root.Subcommands.Add(command);
}

var parsed = root.Parse(args, Usage.Parser);
if (Usage.RefusalOf(args, parsed, "netmon --help") is { } refusal)
{
    log.Error(refusal);
    return ExitCode.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
