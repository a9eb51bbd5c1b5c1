using System.Globalization;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>A runtime's name and version, which determine what it supports.</summary>
/// <param name="Name">"containerd", "cri-o".</param>
/// <param name="Major">First number of its version; 0 if missing.</param>
/// <param name="Minor">Second number; 0 if missing.</param>
internal sealed record RuntimeVersion(string Name, int Major, int Minor)
{
    /// <summary>Parses a version; accepts any text: "1.6.20~ds1", "v1.7.24-k3s1", "2.0.0-rc.1".</summary>
    public static RuntimeVersion Parse(string name, string version)
    {
        var parts = version.TrimStart('v').Split('.', 3);
        return new RuntimeVersion(name, Number(parts[0]), parts.Length > 1 ? Number(parts[1]) : 0);
    }

    /// <summary>Whether it is this version or a later one.</summary>
    public bool IsAtLeast(int major, int minor) => Major > major || (Major == major && Minor >= minor);

    private static int Number(string text)
    {
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        return int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
