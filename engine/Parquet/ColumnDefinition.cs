namespace NetMon.Parquet;

/// <summary>A column of a file.</summary>
/// <param name="Name">As readers see it.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="IsOptional">Whether a row may have no value (null).</param>
/// <param name="IsSearched">Whether rows are looked for by one of its texts: it gets a Bloom filter.</param>
/// <param name="IsPlain">Whether numbers of many values are stored as they are, not as differences of neighbours: shorter after compression where rows are not in their order.</param>
public sealed record ColumnDefinition(string Name, ColumnKind Kind, bool IsOptional = false, bool IsSearched = false, bool IsPlain = false)
{
    /// <summary>Bytes of a number as it is stored.</summary>
    public int Width => Kind == ColumnKind.Int32 ? sizeof(int) : sizeof(long);
}
