namespace NetMon.Query;

/// <summary>How rows are printed.</summary>
internal enum OutputFormat
{
    /// <summary>Aligned columns.</summary>
    Table,

    /// <summary>RFC 4180, with a header.</summary>
    Csv,

    /// <summary>A JSON object a line.</summary>
    Json,

    /// <summary>A pipe table.</summary>
    Markdown,
}
