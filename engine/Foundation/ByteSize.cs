using System.Globalization;

namespace NetMon.Foundation;

/// <summary>Sizes in options: 500MiB, 1.5GiB, 4096. Thread-safe.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Parses a size in bytes; null if malformed.</summary>
    public static long? TryParse(string text)
    {
        var unit = Array.IndexOf(Units, text.TrimStart("0123456789.".ToCharArray()));
        return unit >= 0
            && double.TryParse(text[..^Units[unit].Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * Math.Pow(1024, unit) is >= 0 and < long.MaxValue
            ? (long)(number * Math.Pow(1024, unit))
            : null;
    }

    /// <summary>Formats a size with three digits: 1.23GiB.</summary>
    public static string Text(long bytes)
    {
        var (number, unit) = ((double)bytes, 0);
        while (number >= 1000 && unit < Units.Length - 1)
        {
            (number, unit) = (number / 1024, unit + 1);
        }

        return unit == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Round(number, number < 10 ? 2 : number < 100 ? 1 : 0)}{Units[unit]}");
    }
}
