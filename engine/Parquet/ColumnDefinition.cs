namespace NetMon.Parquet;

/// <summary>A column of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The kind of its values.</param>
/// <param name="IsOptional">Whether it is nullable.</param>
/// <param name="IsSearched">Whether users search for single texts: then it gets a Bloom filter.</param>
/// <param name="IsPlain">Whether a column with many distinct numbers is stored without delta encoding, which is smaller after compression if rows are unordered.</param>
public sealed record ColumnDefinition(string Name, ColumnKind Kind, bool IsOptional = false, bool IsSearched = false, bool IsPlain = false)
{
    /// <summary>The size of a stored number in bytes.</summary>
    public int Width => Kind == ColumnKind.Int32 ? sizeof(int) : sizeof(long);
}
