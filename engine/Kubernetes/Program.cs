using System.CommandLine;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Kubernetes;

var log = LogWriter.ToStandardError(args, "kubernetes");
var parsed = KubernetesCommand.Create(log).Parse(args, Usage.Parser);
if (Usage.RefusalOf(args, parsed, "netmon-kubernetes --help") is { } refusal)
{
    log.Error(refusal);
    return KubernetesCommand.WrongUsage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
