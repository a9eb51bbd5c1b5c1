namespace NetMon.Query;

/// <summary>The format in which rows are printed.</summary>
internal enum OutputFormat
{
    /// <summary>Aligned columns.</summary>
    Table,

    /// <summary>RFC 4180, with a header.</summary>
    Csv,

    /// <summary>Tab-separated values, with a header.</summary>
    Tsv,

    /// <summary>One JSON object per line.</summary>
    Json,

    /// <summary>As <see cref="Json"/>.</summary>
    Ndjson,

    /// <summary>A pipe table.</summary>
    Markdown,

    /// <summary>A Parquet file.</summary>
    Parquet,
}
