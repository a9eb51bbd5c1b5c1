namespace NetMon.Parquet;

/// <summary>A column of a file.</summary>
/// <param name="Name">As readers see it.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="IsOptional">Whether a row may have no value (null).</param>
/// <param name="IsSearched">Whether rows are looked for by one of its texts: it gets a Bloom filter.</param>
public sealed record ColumnDefinition(string Name, ColumnKind Kind, bool IsOptional = false, bool IsSearched = false)
{
    /// <summary>Bytes of a number as it is stored.</summary>
    public int Width => Kind is ColumnKind.Int32 or ColumnKind.UInt32 ? sizeof(int) : sizeof(long);

    /// <summary>Whether numbers are ordered as unsigned ones.</summary>
    public bool IsUnsigned => Kind is ColumnKind.UInt32 or ColumnKind.UInt64;
}
