namespace NetMon.Events.Columns;

/// <summary>The type of a column in files and queries. Numbers are signed because some readers do not support unsigned ones.</summary>
public enum ColumnType
{
    Int32,
    Int64,

    /// <summary>Unix microseconds, UTC.</summary>
    Timestamp,

    /// <summary>UTF-8.</summary>
    Text,

    Boolean,
}
