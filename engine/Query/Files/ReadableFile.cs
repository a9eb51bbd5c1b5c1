namespace NetMon.Query.Files;

/// <summary>A Parquet file whose footer was read and is sound.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Footer">What it says about itself.</param>
/// <param name="IsCurrent">Whether its columns are those of the current version; else what it lacks is null, and types are converted.</param>
internal sealed record ReadableFile(HourFile File, ParquetFooter Footer, bool IsCurrent);
