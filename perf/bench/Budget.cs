using System.Globalization;
using System.Text.Json;

namespace NetMon.Bench;

/// <summary>What a figure may be at most, or must be at least: an aim to print beside it, and a limit that fails the run where it is stable enough.</summary>
internal sealed record Budget
{
    /// <summary>What we want, in words: "1.0" or "at least 1000000".</summary>
    public string Aim { get; init; } = "";

    /// <summary>More than this fails; null: nothing does.</summary>
    public double? AtMost { get; init; }

    /// <summary>Less than this fails; null: nothing does.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Reads perf/budgets.json: an object with one of these by a figure's name.</summary>
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

    /// <summary>It, in words.</summary>
    public string Limit => string.Create(CultureInfo.InvariantCulture, $"{(AtMost is { } most ? $"at most {most} " : "")}{(AtLeast is { } least ? $"at least {least}" : "")}").TrimEnd();

    /// <summary>What is wrong with the value, or null.</summary>
    public string? Violation(double value) =>
        AtMost is { } most && value > most ? string.Create(CultureInfo.InvariantCulture, $"at most {most} allowed")
        : AtLeast is { } least && value < least ? string.Create(CultureInfo.InvariantCulture, $"at least {least} required")
        : null;
}
