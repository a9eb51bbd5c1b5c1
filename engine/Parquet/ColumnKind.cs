namespace NetMon.Parquet;

/// <summary>What the values of a column are.</summary>
public enum ColumnKind
{
    /// <summary>INT32.</summary>
    Int32,

    /// <summary>INT32 with the logical type INTEGER(32, unsigned).</summary>
    UInt32,

    /// <summary>INT64.</summary>
    Int64,

    /// <summary>INT64 with the logical type INTEGER(64, unsigned).</summary>
    UInt64,

    /// <summary>INT64 with the logical type TIMESTAMP(MICROS, not adjusted to UTC), which DuckDB shows as TIMESTAMP and not as TIMESTAMP WITH TIME ZONE.</summary>
    Timestamp,

    /// <summary>BYTE_ARRAY with the logical type STRING: UTF-8.</summary>
    Text,
}
