namespace NetMon.Parquet.Reading;

/// <summary>A row group, as a file's footer describes it.</summary>
/// <param name="Rows">How many it has.</param>
/// <param name="Chunks">One for each column of the file, in their order.</param>
public sealed record StoredRowGroup(int Rows, IReadOnlyList<StoredChunk> Chunks);
