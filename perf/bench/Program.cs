using System.Globalization;
using NetMon.Bench;
using NetMon.Bench.Scenarios;

const string Rounds = "--rounds=";
var quick = args.Contains("--quick");
var rounds = args.FirstOrDefault(arg => arg.StartsWith(Rounds, StringComparison.Ordinal)) is { } given ? int.Parse(given[Rounds.Length..], CultureInfo.InvariantCulture) : 1;
var only = args.FirstOrDefault(arg => !arg.StartsWith('-'));
(string Name, Func<bool, IEnumerable<Figure>> Measure)[] scenarios =
[
    ("throughput", Throughput.Measure), ("cost", Cost.Measure), ("steady", Steady.Measure), ("connections", Connections.Measure), ("connecting", ConnectingThread.Measure), ("getppid", SystemCalls.Measure),
    ("open", OpenConnections.Measure),
    ("overload", Overload.Measure), ("files", FileSizes.Measure), ("answers", Answers.Measure), ("peers", PeersSideBySide.Measure),
];
if (only is not null && scenarios.All(scenario => scenario.Name != only))
{
    Console.Error.WriteLine($"bench: there is no {only}; there are {string.Join(", ", scenarios.Select(scenario => scenario.Name))}");
    return 2;
}

var report = new Report();
foreach (var (name, measure) in scenarios.Where(scenario => only is null ? scenario.Name != "peers" : scenario.Name == only)) // peers needs other programs: only on request
{
    for (var round = 0; round < rounds; round++)
    {
        foreach (var figure in measure(quick))
        {
            report.Add($"make bench BENCH={name}", figure);
        }
    }
}

return report.Finish("artifacts/bench/results.json", isShort: quick);
