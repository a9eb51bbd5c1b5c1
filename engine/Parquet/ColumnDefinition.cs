namespace NetMon.Parquet;

/// <summary>A column of a file.</summary>
/// <param name="Name">As readers see it.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="IsOptional">Whether a row may have no value (null).</param>
/// <param name="IsSearched">Whether rows are looked for by one of its texts: it gets a Bloom filter.</param>
public sealed record ColumnDefinition(string Name, ColumnKind Kind, bool IsOptional = false, bool IsSearched = false)
{
    /// <summary>Bytes of a number as it is stored.</summary>
    public int Width => Kind == ColumnKind.Int32 ? sizeof(int) : sizeof(long);
}
