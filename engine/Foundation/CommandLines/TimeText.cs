using System.Globalization;

namespace NetMon.Foundation.CommandLines;

/// <summary>Durations in options: 500ms, 30s, 5m, 2h, 7d; seconds without a unit. Thread-safe.</summary>
public static class TimeText
{
    /// <summary>Parses a duration; null if malformed.</summary>
    public static TimeSpan? Parse(string text)
    {
        var unit = text.TrimStart("0123456789.".ToCharArray());
        var factor = unit switch { "ms" => 0.001, "s" or "" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => 0 };
        return factor > 0
            && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * factor < 1e9
            ? TimeSpan.FromSeconds(number * factor)
            : null;
    }
}
