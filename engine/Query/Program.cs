using System.CommandLine;
using NetMon.Query;

var parsed = QueryCommand.Create().Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine($"netmon query: {error.Message}");
    }

    Console.Error.WriteLine("netmon query: see netmon query --help");
    return ExitCode.Usage;
}

return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
