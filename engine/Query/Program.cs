using System.CommandLine;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Query;

var log = LogWriter.ToStandardError(args, "query");
var parsed = QueryCommand.Create(log).Parse(args, Usage.Parser);
if (Usage.RefusalOf(args, parsed, "netmon query --help") is { } refusal)
{
    log.Error(refusal);
    return ExitCode.Usage;
}

return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
