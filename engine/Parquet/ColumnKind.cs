namespace NetMon.Parquet;

/// <summary>The kind of a column's values. There are no unsigned numbers, because readers without support for them read them as negative.</summary>
public enum ColumnKind
{
    /// <summary>INT32.</summary>
    Int32,

    /// <summary>INT64.</summary>
    Int64,

    /// <summary>INT64 with the logical type TIMESTAMP(MICROS, not adjusted to UTC), which DuckDB shows as TIMESTAMP, not as TIMESTAMP WITH TIME ZONE.</summary>
    Timestamp,

    /// <summary>BYTE_ARRAY with the logical type STRING: UTF-8.</summary>
    Text,

    /// <summary>BOOLEAN.</summary>
    Boolean,

    /// <summary>A kind that this code neither writes nor decodes.</summary>
    Other,
}
