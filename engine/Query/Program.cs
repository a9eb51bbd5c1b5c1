using System.CommandLine;
using NetMon.Foundation.Logging;
using NetMon.Query;

var log = LogWriter.ToStandardError(args, "query");
var parsed = QueryCommand.Create(log).Parse(args);
if (parsed.Errors.Count > 0)
{
    log.Error($"{string.Join(" ", parsed.Errors.Select(error => error.Message))} See netmon query --help.");
    return ExitCode.Usage;
}

return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
