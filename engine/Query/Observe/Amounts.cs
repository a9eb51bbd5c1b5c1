using System.Globalization;

namespace NetMon.Query.Observe;

/// <summary>Short, readable durations and sizes. Thread-safe.</summary>
internal static class Amounts
{
    /// <summary>The length of the longest duration.</summary>
    public const int DurationWidth = 6;

    /// <summary>The length of the longest size.</summary>
    public const int SizeWidth = 5;

    private const string Units = "BKMGTPE";

    /// <summary>Formats a duration with at least two digits: 870us, 1.2ms, 34s, 5m06s, 7h08m, 12d.</summary>
    public static string Duration(ulong nanoseconds)
    {
        var seconds = nanoseconds / 1_000_000_000;
        return nanoseconds switch
        {
            < 999_500 => Text($"{(nanoseconds + 500) / 1000}us"),
            < 9_950_000 => Text($"{nanoseconds / 1e6:0.0}ms"),
            < 999_500_000 => Text($"{nanoseconds / 1e6:0}ms"),
            < 9_950_000_000 => Text($"{nanoseconds / 1e9:0.0}s"),
            < 60_000_000_000 => Text($"{seconds}s"),
            < 3600_000_000_000 => Text($"{seconds / 60}m{seconds % 60:00}s"),
            < 24 * 3600_000_000_000 => Text($"{seconds / 3600}h{seconds / 60 % 60:00}m"),
            _ => Text($"{seconds / 86400}d"),
        };
    }

    /// <summary>Formats a size with at least two digits, in powers of 1024: 870B, 1.2K, 34M.</summary>
    public static string Size(ulong bytes) => Size((double)bytes);

    /// <inheritdoc cref="Size(ulong)"/>
    public static string Size(double bytes)
    {
        var unit = 0;
        for (; bytes >= 999.5 && unit < Units.Length - 1; unit++)
        {
            bytes /= 1024;
        }

        return unit > 0 && bytes < 9.95 ? Text($"{bytes:0.0}{Units[unit]}") : Text($"{bytes:0}{Units[unit]}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
