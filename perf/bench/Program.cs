using System.Globalization;
using System.Text.Json;
using NetMon.Bench;
using NetMon.Bench.Scenarios;

var quick = args.Contains("--quick");
var only = args.FirstOrDefault(arg => !arg.StartsWith('-'));
(string Name, Func<bool, IEnumerable<Figure>> Measure)[] scenarios =
[
    ("throughput", Throughput.Measure), ("steady", Steady.Measure), ("connections", Connections.Measure), ("getppid", SystemCalls.Measure),
];
if (only is not null && scenarios.All(scenario => scenario.Name != only))
{
    Console.Error.WriteLine($"bench: there is no {only}; there are {string.Join(", ", scenarios.Select(scenario => scenario.Name))}");
    return 2;
}

var budgets = Budget.Read(Path.Combine(Tools.Root, "perf/budgets.json"));
List<Figure> figures = [];
List<string> violations = [];
Console.WriteLine($"{"what",-86} {"figure",14} {"unit",-10} {"aim",16}");
foreach (var (name, measure) in scenarios.Where(scenario => only is null || scenario.Name == only))
{
    foreach (var figure in measure(quick))
    {
        figures.Add(figure);
        var budget = budgets.GetValueOrDefault(figure.Name);
        var digits = figure.Value is >= 1000 or <= -1000 ? "N0" : "0.###";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure.What,-86} {figure.Value.ToString(digits, CultureInfo.InvariantCulture),14} {figure.Unit,-10} {budget?.Aim ?? "",16}"));
        if (budget?.Violation(figure.Value) is { } violation)
        {
            violations.Add(string.Create(CultureInfo.InvariantCulture, $"{figure.Name} is {figure.Value:0.###} {figure.Unit}: {violation}"));
        }
    }
}

var results = Path.Combine(Tools.Root, "artifacts/bench/results.json");
Directory.CreateDirectory(Path.GetDirectoryName(results)!);
using (var stream = File.Create(results))
{
    using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
    writer.WriteStartObject();
    writer.WriteString("kernel", File.ReadAllText("/proc/sys/kernel/osrelease").Trim());
    writer.WriteNumber("cpus", Environment.ProcessorCount);
    writer.WriteString("time", DateTime.UtcNow);
    foreach (var figure in figures.Where(figure => double.IsFinite(figure.Value)))
    {
        writer.WriteNumber(figure.Name, figure.Value);
    }

    writer.WriteEndObject();
}

Console.WriteLine($"in {results}");
violations.ForEach(violation => Console.Error.WriteLine($"bench: over budget: {violation}"));
return violations.Count == 0 ? 0 : 1;
