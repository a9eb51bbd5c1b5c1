using System.CommandLine;
using NetMon.Foundation.Logging;
using NetMon.Uploader;

var log = LogWriter.ToStandardError(args, "uploader");
var parsed = UploaderCommand.Create(log).Parse(args);
if (parsed.Errors.Count > 0)
{
    log.Error($"{string.Join(" ", parsed.Errors.Select(error => error.Message))} See netmon-archive --help.");
    return UploaderCommand.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
