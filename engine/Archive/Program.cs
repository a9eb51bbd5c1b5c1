using System.CommandLine;
using NetMon.Archive;

return await ArchiveCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
