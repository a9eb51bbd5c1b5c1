using System.CommandLine;
using NetMon.Uploader;

return await UploaderCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
