namespace NetMon.Query;

/// <summary>How rows are printed.</summary>
internal enum OutputFormat
{
    /// <summary>Aligned columns.</summary>
    Table,

    /// <summary>RFC 4180, with a header.</summary>
    Csv,

    /// <summary>Tabs between, a row a line, with a header.</summary>
    Tsv,

    /// <summary>A JSON object a line.</summary>
    Json,

    /// <summary>The same.</summary>
    Ndjson,

    /// <summary>A pipe table.</summary>
    Markdown,

    /// <summary>A Parquet file.</summary>
    Parquet,
}
