using NetMon.Query.Files;

namespace NetMon.Query.Planning;

/// <summary>Which rows of a relation a question can have a use for: a stretch of time, and maybe a single node. Immutable.</summary>
/// <param name="From">The earliest time, UTC.</param>
/// <param name="To">The latest.</param>
/// <param name="Node">The node's name; null for all.</param>
internal sealed record ScanBounds(DateTime From, DateTime To, string? Node)
{
    /// <summary>All rows.</summary>
    public static readonly ScanBounds Everything = new(DateTime.MinValue, DateTime.MaxValue, null);

    /// <summary>What either has a use for.</summary>
    public ScanBounds Or(ScanBounds other) => new(
        From < other.From ? From : other.From, To > other.To ? To : other.To, Node == other.Node ? Node : null);

    /// <summary>What any of them has a use for; null where none has.</summary>
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

    /// <summary>Whether a file of an hour, or else of a day, may have rows.</summary>
    public bool Has(HourFile file, bool byHour = true) => (byHour ? HasHour(file.Start) : HasDay(file.Start)) && HasFile(file.Name);

    /// <summary>Whether a file of this name may have rows of the node: NODE.parquet, NODE-N.parquet or NODE.RUN-N.parquet. May be true of others.</summary>
    public bool HasFile(string name)
    {
        if (Node is null || !Node.All(IsPlain) || Node.Length > 200 || Node is ['.', ..] or "")
        {
            return true; // its file name is an encoded one
        }

        return name.StartsWith(Node, StringComparison.Ordinal) && name.Length > Node.Length && name[Node.Length] is '.' or '-';
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_';
}
