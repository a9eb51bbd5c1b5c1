using System.Globalization;
using System.Text.RegularExpressions;

namespace NetMon.LiveTests.Support;

/// <summary>Reads the reported losses from the agent's last line.</summary>
internal static partial class LossReport
{
    /// <summary>Events lost in all, by the agent's own account.</summary>
    public static long Total(string log) =>
        Summary(log) is var line && line.Contains("nothing lost", StringComparison.Ordinal)
            ? 0
            : Losses().Matches(line).Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    /// <summary>The number after these words in the last line: "seen", "decoded", "json", "json.queue_full".</summary>
    public static long Number(string log, string name)
    {
        var match = Regex.Match(Summary(log), $@"(?<![\w.]){Regex.Escape(name)} (\d+)");
        return match.Success ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The summary of containers' names, without time and level.</summary>
    public static string Names(string log) => NamesLine().Match(log) is { Success: true } match ? match.Value : throw new InvalidOperationException($"no account of names in:\n{log}");

    private static string Summary(string log) => log.Split('\n').Last(line => line.Contains("stopped:", StringComparison.Ordinal));

    [GeneratedRegex(@"containers: \d+ known, .*")]
    private static partial Regex NamesLine();

    [GeneratedRegex(@"[a-z]+\.[a-z_]+ (\d+)")]
    private static partial Regex Losses();
}
