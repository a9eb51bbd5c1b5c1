namespace NetMon.Query.Printing;

/// <summary>How rows are printed.</summary>
/// <param name="Format">The format.</param>
/// <param name="Width">The maximum width of a table; null: unlimited.</param>
internal sealed record PrintStyle(OutputFormat Format, int? Width)
{
    /// <summary>Whether TSV begins with a header line.</summary>
    public bool HasHeader { get; init; } = true;
}
