namespace NetMon.Events.Columns;

/// <summary>The type of a column in files and queries. Numbers are signed: some readers know no others.</summary>
public enum ColumnType
{
    Int32,
    Int64,

    /// <summary>Microseconds since 1970 in UTC.</summary>
    Timestamp,

    /// <summary>UTF-8.</summary>
    Text,

    Boolean,
}
