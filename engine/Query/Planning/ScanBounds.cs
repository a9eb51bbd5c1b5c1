using NetMon.Query.Files;

namespace NetMon.Query.Planning;

/// <summary>The rows of a relation that a question may need: a time range, and optionally a node. Immutable.</summary>
/// <param name="From">The earliest time, UTC.</param>
/// <param name="To">The latest time, UTC.</param>
/// <param name="Node">The node's name; null for all.</param>
internal sealed record ScanBounds(DateTime From, DateTime To, string? Node)
{
    /// <summary>All rows.</summary>
    public static readonly ScanBounds Everything = new(DateTime.MinValue, DateTime.MaxValue, null);

    /// <summary>Returns bounds that include both.</summary>
    public ScanBounds Or(ScanBounds other) => new(
        From < other.From ? From : other.From, To > other.To ? To : other.To, Node == other.Node ? Node : null);

    /// <summary>Returns bounds that include all of them; null if all are null.</summary>
    public static ScanBounds? Together(params ReadOnlySpan<ScanBounds?> all)
    {
        ScanBounds? together = null;
        foreach (var bounds in all)
        {
            together = bounds is null ? together : together?.Or(bounds) ?? bounds;
        }

        return together;
    }

    public bool HasHour(DateTime start) => start <= To && start.AddHours(1) > From;

    public bool HasDay(DateTime start) => start <= To && start.AddDays(1) > From;

    /// <summary>Whether a file of an hour, or of a day, may have needed rows.</summary>
    public bool Has(HourFile file, bool byHour = true) => (byHour ? HasHour(file.Start) : HasDay(file.Start)) && HasFile(file.Name);

    /// <summary>Whether a file of this name may have rows of the node: NODE.parquet, NODE-N.parquet or NODE.RUN-N.parquet. May be true for other nodes.</summary>
    public bool HasFile(string name)
    {
        if (Node is null || !Node.All(IsPlain) || Node.Length > 200 || Node is ['.', ..] or "")
        {
            return true; // its name is encoded in file names
        }

        return name.StartsWith(Node, StringComparison.Ordinal) && name.Length > Node.Length && name[Node.Length] is '.' or '-';
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_';
}
