namespace NetMon.Parquet.Reading;

/// <summary>A column of a row group, as described by the footer. All offsets are inside the file.</summary>
/// <param name="Pages">Its pages.</param>
/// <param name="Least">Its minimum, as stored; empty if not recorded or all values are null.</param>
/// <param name="Greatest">Its maximum, as stored.</param>
/// <param name="FilterAt">The offset of its Bloom filter, in bytes; -1: none.</param>
/// <param name="FilterLength">The size of the filter with its header, in bytes.</param>
public readonly record struct StoredChunk(ColumnChunk Pages, ReadOnlyMemory<byte> Least, ReadOnlyMemory<byte> Greatest, long FilterAt, int FilterLength);
