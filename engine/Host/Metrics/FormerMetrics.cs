using System.Text;
using NetMon.Foundation;

namespace NetMon.Host.Metrics;

/// <summary>Exposes renamed metrics under their former names too (<see cref="FormerNames.Metrics"/>). Stateless and thread-safe.</summary>
internal static class FormerMetrics
{
    private static readonly Dictionary<string, string> FormerOf = FormerNames.Metrics.ToDictionary(pair => pair.Current, pair => pair.Former, StringComparer.Ordinal);

    /// <summary>Appends a copy of each renamed metric under its former name, with a HELP line that names the current one.</summary>
    /// <param name="exposition">Prometheus' text format, complete lines.</param>
    public static byte[] Append(ReadOnlySpan<byte> exposition)
    {
        var text = Encoding.UTF8.GetString(exposition);
        var copies = new StringBuilder(text);
        foreach (var line in text.Split('\n'))
        {
            var name = NameOf(line);
            if (FormerOf.TryGetValue(name, out var former))
            {
                var start = line.IndexOf(name, StringComparison.Ordinal);
                copies.Append(line, 0, start).Append(former);
                _ = line.StartsWith("# HELP ", StringComparison.Ordinal)
                    ? copies.Append(" Deprecated: use ").Append(name).Append('.')
                    : copies.Append(line, start + name.Length, line.Length - start - name.Length);
                copies.Append('\n');
            }
        }

        return Encoding.UTF8.GetBytes(copies.ToString());
    }

    /// <summary>The metric that a line is about: "# HELP name text", "# TYPE name counter", "name{labels} value" or "name value".</summary>
    private static string NameOf(string line)
    {
        var start = line.StartsWith("# ", StringComparison.Ordinal) ? "# HELP ".Length : 0;
        var end = line.IndexOfAny([' ', '{'], Math.Min(start, line.Length));
        return end < 0 ? "" : line[start..end];
    }
}
