using System.Globalization;
using System.Text.Json;

namespace NetMon.Bench;

/// <summary>A table of figures with their aims, printed as they arrive; then a file for machines, and the figures over budget.</summary>
internal sealed class Report
{
    private readonly Dictionary<string, Budget> _budgets = Budget.Read(Path.Combine(Repository.Root, "perf/budgets.json"));
    private readonly List<Figure> _figures = [];
    private readonly List<string> _violations = [];

    public Report() => Console.WriteLine($"{"what",-86} {"figure",14} {"unit",-10} {"aim",16}");

    public void Add(Figure figure)
    {
        _figures.Add(figure);
        if (double.IsNaN(figure.Value))
        {
            Console.WriteLine(figure.What); // no value: it says why
            return;
        }

        var budget = _budgets.GetValueOrDefault(figure.Name);
        var digits = figure.Value is >= 1000 or <= -1000 ? "N0" : "0.###";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure.What,-86} {figure.Value.ToString(digits, CultureInfo.InvariantCulture),14} {figure.Unit,-10} {budget?.Aim ?? "",16}"));
        if (budget?.Violation(figure.Value) is { } violation)
        {
            _violations.Add(string.Create(CultureInfo.InvariantCulture, $"{figure.Name} is {figure.Value:0.###} {figure.Unit}: {violation}"));
        }
    }

    /// <summary>Writes the figures to a file of the repository and prints those over budget; returns the exit code.</summary>
    public int Finish(string path)
    {
        var results = Path.Combine(Repository.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(results)!);
        using (var stream = File.Create(results))
        {
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            writer.WriteStartObject();
            writer.WriteString("kernel", File.ReadAllText("/proc/sys/kernel/osrelease").Trim());
            writer.WriteNumber("cpus", Environment.ProcessorCount);
            writer.WriteString("time", DateTime.UtcNow);
            foreach (var figure in _figures.Where(figure => double.IsFinite(figure.Value)))
            {
                writer.WriteNumber(figure.Name, figure.Value);
            }

            writer.WriteEndObject();
        }

        Console.WriteLine($"in {results}");
        _violations.ForEach(violation => Console.Error.WriteLine($"bench: over budget: {violation}"));
        return _violations.Count == 0 ? 0 : 1;
    }
}
