namespace NetMon.Parquet;

/// <summary>A column of a row group as written.</summary>
/// <param name="Column">The column.</param>
/// <param name="Encoding">The format's number of the data page's encoding; -1: one that this code does not write.</param>
/// <param name="Rows">Number of values, including nulls.</param>
/// <param name="Nulls">Number of rows without a value.</param>
/// <param name="Begin">Offset in the file, in bytes.</param>
/// <param name="DataAt">Offset of its data page.</param>
/// <param name="DictionaryAt">Offset of its dictionary; -1: none.</param>
/// <param name="Uncompressed">Size of its pages with headers before compression, in bytes.</param>
/// <param name="Compressed">Size of its pages with headers, in bytes.</param>
public readonly record struct ColumnChunk(
    ColumnDefinition Column, int Encoding, int Rows, int Nulls, long Begin, long DataAt, long DictionaryAt, long Uncompressed, long Compressed);
