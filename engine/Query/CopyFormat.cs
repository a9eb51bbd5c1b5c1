namespace NetMon.Query;

/// <summary>A format that DuckDB writes itself, without any row passing through this program.</summary>
internal enum CopyFormat
{
    Parquet,

    /// <summary>RFC 4180 with a header; NULL is empty and an empty text is quoted.</summary>
    Csv,

    /// <summary>A JSON object a line.</summary>
    Ndjson,
}
