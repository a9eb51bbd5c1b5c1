namespace NetMon.Query.Printing;

/// <summary>How rows are printed.</summary>
/// <param name="Format">In which form.</param>
/// <param name="Width">Characters that a line of a table may have; null for as many as it takes.</param>
internal sealed record PrintStyle(OutputFormat Format, int? Width);
