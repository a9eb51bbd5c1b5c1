using NetMon.Bench;
using NetMon.Bench.Scenarios;

var quick = args.Contains("--quick");
var only = args.FirstOrDefault(arg => !arg.StartsWith('-'));
(string Name, Func<bool, IEnumerable<Figure>> Measure)[] scenarios =
[
    ("throughput", Throughput.Measure), ("cost", Cost.Measure), ("steady", Steady.Measure), ("connections", Connections.Measure), ("connecting", ConnectingThread.Measure), ("getppid", SystemCalls.Measure),
    ("open", OpenConnections.Measure),
    ("overload", Overload.Measure), ("peers", PeersSideBySide.Measure),
];
if (only is not null && scenarios.All(scenario => scenario.Name != only))
{
    Console.Error.WriteLine($"bench: there is no {only}; there are {string.Join(", ", scenarios.Select(scenario => scenario.Name))}");
    return 2;
}

var report = new Report();
foreach (var (_, measure) in scenarios.Where(scenario => only is null ? scenario.Name != "peers" : scenario.Name == only)) // peers needs other programs: only on request
{
    foreach (var figure in measure(quick))
    {
        report.Add(figure);
    }
}

return report.Finish("artifacts/bench/results.json");
