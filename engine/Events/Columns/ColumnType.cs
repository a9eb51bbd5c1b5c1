namespace NetMon.Events.Columns;

/// <summary>The type of a column in files and queries.</summary>
public enum ColumnType
{
    Int32,
    UInt32,
    Int64,
    UInt64,

    /// <summary>Microseconds since 1970 in UTC.</summary>
    Timestamp,

    /// <summary>UTF-8.</summary>
    Text,
}
