namespace NetMon.Events.Columns;

/// <summary>Returns a reference to a field of a record.</summary>
public delegate ref readonly T FieldReference<T>(in ConnectionRecord record)
    where T : unmanaged;
