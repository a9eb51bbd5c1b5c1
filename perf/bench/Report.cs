using System.Globalization;
using System.Text.Json;
using NetMon.Bench.Documents;

namespace NetMon.Bench;

/// <summary>A table of figures with their aims, printed as they arrive; then a file for machines, and the figures over budget.</summary>
internal sealed class Report
{
    private readonly Dictionary<string, Budget> _budgets = Budget.Read(Path.Combine(Repository.Root, "perf/budgets.json"));
    private readonly List<(string MeasuredBy, Figure Figure)> _figures = [];
    private readonly List<string> _violations = [];

    public Report() => Console.WriteLine($"{"what",-86} {"figure",14} {"unit",-10} {"aim",16}");

    /// <param name="measuredBy">The command that measures this figure alone, with as few others as it can.</param>
    public void Add(string measuredBy, Figure figure)
    {
        _figures.Add((measuredBy, figure));
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

    /// <summary>Writes the figures to a file of the repository, and to docs/figures.json unless the run is short; prints those over budget; returns the exit code.</summary>
    public int Finish(string path, bool isShort)
    {
        var results = Path.Combine(Repository.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(results)!);
        WriteResults(results);
        Console.WriteLine($"in {results}");
        if (!isShort)
        {
            RecordForDocuments();
            Console.WriteLine($"in {FigureFile.Path}; make docs puts them into the documents");
        }

        _violations.ForEach(violation => Console.Error.WriteLine($"bench: over budget: {violation}"));
        return _violations.Count == 0 ? 0 : 1;
    }

    private void WriteResults(string path)
    {
        using var stream = File.Create(path);
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("kernel", Machine.KernelRelease);
        writer.WriteNumber("cpus", Environment.ProcessorCount);
        writer.WriteString("time", DateTime.UtcNow);
        foreach (var runs in _figures.Select(figure => figure.Figure).Where(figure => double.IsFinite(figure.Value)).GroupBy(figure => figure.Name))
        {
            writer.WriteNumber(runs.Key, runs.Last().Value);
        }

        writer.WriteEndObject();
    }

    private void RecordForDocuments()
    {
        var path = Path.Combine(Repository.Root, FigureFile.Path);
        var file = FigureFile.Parse(File.ReadAllText(path));
        foreach (var figures in _figures.GroupBy(figure => figure.MeasuredBy, figure => figure.Figure))
        {
            file.Record(figures.Key, figures, DateTime.UtcNow);
        }

        File.WriteAllText(path, file.ToString());
    }
}
