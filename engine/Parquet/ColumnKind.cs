namespace NetMon.Parquet;

/// <summary>What the values of a column are. There are no unsigned numbers: readers that know none of them take them for negative ones.</summary>
public enum ColumnKind
{
    /// <summary>INT32.</summary>
    Int32,

    /// <summary>INT64.</summary>
    Int64,

    /// <summary>INT64 with the logical type TIMESTAMP(MICROS, not adjusted to UTC), which DuckDB shows as TIMESTAMP and not as TIMESTAMP WITH TIME ZONE.</summary>
    Timestamp,

    /// <summary>BYTE_ARRAY with the logical type STRING: UTF-8.</summary>
    Text,

    /// <summary>BOOLEAN.</summary>
    Boolean,

    /// <summary>What only others write: it is neither written nor decoded here.</summary>
    Other,
}
