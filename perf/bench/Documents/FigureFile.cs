using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NetMon.Bench.Documents;

/// <summary>docs/figures.json: the measured figures that documents state, one per line, by name. Not thread-safe.</summary>
internal sealed class FigureFile
{
    /// <summary>Its path within the repository.</summary>
    public const string Path = "docs/figures.json";

    private const int SignificantDigits = 3;
    private readonly SortedDictionary<string, RecordedFigure> _figures = new(StringComparer.Ordinal);

    /// <summary>All figures by name.</summary>
    public IReadOnlyDictionary<string, RecordedFigure> Figures => _figures;

    /// <summary>Parses the file's text.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="KeyNotFoundException">A figure lacks a property.</exception>
    public static FigureFile Parse(string json)
    {
        var file = new FigureFile();
        using var document = JsonDocument.Parse(json);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            var figure = property.Value;
            file._figures.Add(property.Name, new RecordedFigure(
                figure.GetProperty("value").GetDouble(),
                figure.TryGetProperty("to", out var to) ? to.GetDouble() : null,
                Text(figure, "unit"), Text(figure, "measured_by"), Text(figure, "date"), Text(figure, "machine"), Text(figure, "kernel")));
        }

        return file;
    }

    /// <summary>Adds figures that this machine measured now, or replaces those of the same names. Several values of one name make a range.</summary>
    /// <param name="measuredBy">The command.</param>
    /// <param name="figures">Those that are not numbers are left out.</param>
    /// <param name="now">UTC.</param>
    public void Record(string measuredBy, IEnumerable<Figure> figures, DateTime now)
    {
        foreach (var runs in figures.Where(figure => double.IsFinite(figure.Value)).GroupBy(figure => figure.Name))
        {
            var unit = runs.First().Unit;
            var (least, most) = (Round(runs.Min(run => run.Value), unit), Round(runs.Max(run => run.Value), unit));
            _figures[runs.Key] = new RecordedFigure(
                least, most > least ? most : null, unit, measuredBy, now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Machine.Name, Machine.KernelVersion);
        }
    }

    /// <summary>The file's text.</summary>
    public override string ToString()
    {
        var lines = _figures.Select(figure => $"  {Quote(figure.Key)}: {Line(figure.Value)}");
        return $"{{\n{string.Join(",\n", lines)}\n}}\n";
    }

    /// <summary>
    /// Three significant digits; whole numbers are counts and stay as they are. A percentage is rounded down to a tenth, so that 99.97 % of the
    /// events are not all of them.
    /// </summary>
    private static double Round(double value, string unit)
    {
        if (value == Math.Truncate(value))
        {
            return value;
        }

        return unit == "%" ? Math.Floor(value * 10) / 10 : double.Parse(value.ToString($"G{SignificantDigits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static string Line(RecordedFigure figure)
    {
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{{ \"value\": {figure.Value}, ");
        if (figure.To is { } to)
        {
            line.Append(CultureInfo.InvariantCulture, $"\"to\": {to}, ");
        }

        return line
            .Append(CultureInfo.InvariantCulture, $"\"unit\": {Quote(figure.Unit)}, \"measured_by\": {Quote(figure.MeasuredBy)}, \"date\": {Quote(figure.Date)}, ")
            .Append(CultureInfo.InvariantCulture, $"\"machine\": {Quote(figure.Machine)}, \"kernel\": {Quote(figure.Kernel)} }}")
            .ToString();
    }

    private static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    private static string Text(JsonElement figure, string name) => figure.GetProperty(name).GetString()!;
}
