namespace NetMon.Parquet;

/// <summary>A column of a row group, as it was written.</summary>
/// <param name="Column">Which.</param>
/// <param name="Encoding">Of its data page, a number of the format; -1: one that only others write.</param>
/// <param name="Rows">Values, nulls too.</param>
/// <param name="Nulls">Rows without a value.</param>
/// <param name="Begin">Where it begins in the file, bytes.</param>
/// <param name="DataAt">Where its data page is.</param>
/// <param name="DictionaryAt">Where its dictionary is; -1: it has none.</param>
/// <param name="Uncompressed">Bytes of its pages, with headers, before compression.</param>
/// <param name="Compressed">Bytes of its pages, with headers.</param>
public readonly record struct ColumnChunk(
    ColumnDefinition Column, int Encoding, int Rows, int Nulls, long Begin, long DataAt, long DictionaryAt, long Uncompressed, long Compressed);
