using System.Globalization;
using System.Text;
using NetMon.Foundation;

namespace NetMon.Storage.Loss;

/// <summary>A loss row as a line of text: tab-separated fields, those of a cgroup only if known, and a checksum.</summary>
internal static class LossLine
{
    /// <summary>Formats a line, including the newline.</summary>
    public static string Of(in LossRow row)
    {
        var fields = string.Create(
            CultureInfo.InvariantCulture, $"{row.From}\t{row.To}\t{row.Stage}\t{row.Reason}\t{(row.Count is { } count ? count.ToString(CultureInfo.InvariantCulture) : "-")}");
        if (row.Cgroup is { } cgroup)
        {
            fields = string.Create(
                CultureInfo.InvariantCulture,
                $"{fields}\t{cgroup.Id}\t{Escaped(cgroup.ContainerId)}\t{Escaped(cgroup.PodName)}\t{Escaped(cgroup.PodNamespace)}\t{Escaped(cgroup.ContainerName)}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{fields}\t{Checksum(fields):x8}\n");
    }

    /// <summary>Parses a line; false if malformed. Also accepts lines of version 0.1, which have no cgroup.</summary>
    /// <param name="line">Without the newline.</param>
    /// <param name="row">The parsed row.</param>
    public static bool TryParse(string line, out LossRow row)
    {
        row = default;
        var end = line.LastIndexOf('\t');
        if (end < 0 || !uint.TryParse(line.AsSpan(end + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var checksum)
            || checksum != Checksum(line[..end]))
        {
            return false;
        }

        LossCgroup? cgroup = null;
        var fields = line[..end].Split('\t');
        if (fields is [_, _, _, _, _, var id, var container, var pod, var ns, var name])
        {
            if (!ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            cgroup = new LossCgroup(number, Plain(container), Plain(pod), Plain(ns), Plain(name));
        }
        else if (fields.Length != 5)
        {
            return false;
        }

        var count = 0L;
        if (!TryParseNumber(fields[0], out var from) || !TryParseNumber(fields[1], out var to) || !(fields[4] == "-" || TryParseNumber(fields[4], out count)))
        {
            return false; // a checksum can match accidentally or on purpose
        }

        row = new LossRow(from, to, fields[2], fields[3], fields[4] == "-" ? null : count, cgroup);
        return true;
    }

    private static bool TryParseNumber(string text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    /// <summary>Names come from a runtime and may contain tabs and newlines.</summary>
    private static string Escaped(string? name) => Uri.EscapeDataString(name ?? "");

    private static string? Plain(string field) => field.Length == 0 ? null : Uri.UnescapeDataString(field);

    private static uint Checksum(string text) => Crc32C.Of(Encoding.UTF8.GetBytes(text));
}
