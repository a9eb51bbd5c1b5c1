using System.CommandLine;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Uploader;

var log = LogWriter.ToStandardError(args, "uploader");
var parsed = UploaderCommand.Create(log).Parse(args, Usage.Parser);
if (Usage.RefusalOf(args, parsed, "netmon-archive --help") is { } refusal)
{
    log.Error(refusal);
    return UploaderCommand.WrongUsage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
