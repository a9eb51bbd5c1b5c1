namespace NetMon.Parquet.Reading;

/// <summary>What a file's footer says.</summary>
/// <param name="Rows">Of all row groups.</param>
/// <param name="Columns">In their order.</param>
/// <param name="Groups">The row groups.</param>
/// <param name="Metadata">Keys and values.</param>
/// <param name="Checksum">Where the digits of the footer's own checksum are in it; null: it has none.</param>
internal sealed record Footer(
    long Rows, IReadOnlyList<ColumnDefinition> Columns, IReadOnlyList<StoredRowGroup> Groups, IReadOnlyDictionary<string, string> Metadata, Range? Checksum);
