using System.Globalization;

namespace NetMon.Query.Filters;

/// <summary>A range of ports, inclusive.</summary>
internal sealed record PortRange(int First, int Last)
{
    /// <summary>Parses 443 or 8000-8999; null if malformed.</summary>
    public static PortRange? TryParse(string text)
    {
        var ends = text.Split('-');
        return ends.Length <= 2
            && ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first <= last ? new PortRange(first, last) : null;
    }

    /// <summary>Returns the SQL condition that a column is in the range.</summary>
    public string Matches(string column) => First == Last
        ? string.Create(CultureInfo.InvariantCulture, $"{column} = {First}")
        : string.Create(CultureInfo.InvariantCulture, $"{column} BETWEEN {First} AND {Last}");
}
