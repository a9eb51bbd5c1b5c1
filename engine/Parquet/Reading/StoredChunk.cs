namespace NetMon.Parquet.Reading;

/// <summary>A column of a row group, as a file's footer describes it. All places are inside the file.</summary>
/// <param name="Pages">Its pages.</param>
/// <param name="Least">Its least value, as stored; empty if the file does not say or all are null.</param>
/// <param name="Greatest">Its greatest value.</param>
/// <param name="FilterAt">Where its Bloom filter is in the file, bytes; -1: it has none.</param>
/// <param name="FilterLength">Bytes of the filter, with its header.</param>
public readonly record struct StoredChunk(ColumnChunk Pages, ReadOnlyMemory<byte> Least, ReadOnlyMemory<byte> Greatest, long FilterAt, int FilterLength);
