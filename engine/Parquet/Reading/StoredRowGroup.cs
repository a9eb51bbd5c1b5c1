namespace NetMon.Parquet.Reading;

/// <summary>A row group, as described by the footer.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Chunks">One per column of the file, in order.</param>
public sealed record StoredRowGroup(int Rows, IReadOnlyList<StoredChunk> Chunks);
