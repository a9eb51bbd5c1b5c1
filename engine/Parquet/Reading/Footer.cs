namespace NetMon.Parquet.Reading;

/// <summary>The content of a file's footer.</summary>
/// <param name="Rows">The total number of rows.</param>
/// <param name="Columns">The columns, in order.</param>
/// <param name="Groups">The row groups.</param>
/// <param name="Metadata">Keys and values.</param>
/// <param name="Checksum">The offset of the digits of the footer's checksum; null: it has none.</param>
internal sealed record Footer(
    long Rows, IReadOnlyList<ColumnDefinition> Columns, IReadOnlyList<StoredRowGroup> Groups, IReadOnlyDictionary<string, string> Metadata, Range? Checksum);
