using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>A log entry, as a reader of stderr receives it.</summary>
internal sealed partial record LogEntry(string Level, string Component, string Message)
{
    /// <summary>All entries; fails on a line that neither is an entry nor continues one.</summary>
    public static IReadOnlyList<LogEntry> Read(string log, bool json)
    {
        List<LogEntry> entries = [];
        foreach (var line in log.TrimEnd('\n').Split('\n'))
        {
            if (json)
            {
                entries.Add(ParseJson(line));
            }
            else if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                entries[^1] = entries[^1] with { Message = $"{entries[^1].Message}\n{line[2..]}" };
            }
            else
            {
                var match = Text().Match(line);
                Assert.True(match.Success, line);
                entries.Add(new LogEntry(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value));
            }
        }

        return entries;
    }

    private static LogEntry ParseJson(string line)
    {
        using var parsed = JsonDocument.Parse(line);
        var fields = parsed.RootElement.EnumerateObject().ToArray();
        Assert.Equal(["time", "level", "component", "message"], fields.Select(field => field.Name));
        var values = fields.Select(field => field.Value.GetString()!).ToArray();
        Assert.Matches(Time(), values[0]);
        Assert.Contains(values[1], (string[])["info", "warn", "error"]);
        return new LogEntry(values[1], values[2], values[3]);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
    private static partial Regex Time();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|warn|error) ([a-z]+): (.+)$")]
    private static partial Regex Text();
}
