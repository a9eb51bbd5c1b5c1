namespace NetMon.Events.Columns;

/// <summary>How a field is stored in a hot segment; <c>schemas/hot.md</c> has the Arrow types.</summary>
public enum FieldType
{
    /// <summary>Nanoseconds since 1970-01-01T00:00:00Z, signed.</summary>
    Timestamp,

    UInt8,
    UInt16,
    UInt32,
    UInt64,

    /// <summary>Sixteen bytes: an address in network order or a process name.</summary>
    Bytes16,
}
