namespace NetMon.Events.Columns;

/// <summary>The storage type of a field in a hot segment; <c>schemas/hot.md</c> lists the Arrow types.</summary>
public enum FieldType
{
    /// <summary>Unix nanoseconds, signed.</summary>
    Timestamp,

    UInt8,
    UInt16,
    UInt32,
    UInt64,

    /// <summary>Sixteen bytes: an address in network order or a process name.</summary>
    Bytes16,
}
