using System.Globalization;
using System.Text.Json;

namespace NetMon.Bench;

/// <summary>
/// The maximum or minimum of a figure: an aim to print next to it, and a limit that fails the run where the figure is stable enough.
/// </summary>
internal sealed record Budget
{
    /// <summary>The aim in words: "1.0" or "at least 1000000".</summary>
    public string Aim { get; init; } = "";

    /// <summary>A larger value fails; null: no limit.</summary>
    public double? AtMost { get; init; }

    /// <summary>A smaller value fails; null: no limit.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Reads perf/budgets.json: an object that maps names of figures to budgets.</summary>
    public static Dictionary<string, Budget> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.EnumerateObject().ToDictionary(
            property => property.Name,
            property => new Budget
            {
                Aim = property.Value.TryGetProperty("aim", out var aim) ? aim.GetString()! : "",
                AtMost = property.Value.TryGetProperty("at_most", out var most) ? most.GetDouble() : null,
                AtLeast = property.Value.TryGetProperty("at_least", out var least) ? least.GetDouble() : null,
            });
    }

    /// <summary>Whether there is a limit.</summary>
    public bool HasLimit => AtMost is not null || AtLeast is not null;

    /// <summary>The limit in words.</summary>
    public string Limit => string.Create(CultureInfo.InvariantCulture, $"{(AtMost is { } most ? $"at most {most} " : "")}{(AtLeast is { } least ? $"at least {least}" : "")}").TrimEnd();

    /// <summary>Why the value fails, or null.</summary>
    public string? Violation(double value) =>
        AtMost is { } most && value > most ? string.Create(CultureInfo.InvariantCulture, $"at most {most} allowed")
        : AtLeast is { } least && value < least ? string.Create(CultureInfo.InvariantCulture, $"at least {least} required")
        : null;
}
