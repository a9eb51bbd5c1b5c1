namespace NetMon.Query;

/// <summary>A format that DuckDB itself writes, without passing rows through this program.</summary>
internal enum CopyFormat
{
    Parquet,

    /// <summary>RFC 4180 with a header; NULL is empty, and an empty text is quoted.</summary>
    Csv,

    /// <summary>CSV without the header.</summary>
    CsvRows,

    /// <summary>One JSON object per line.</summary>
    Ndjson,
}
